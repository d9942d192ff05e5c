# Freezes uwish into a firmware build: a board's manifest says include("<path to>/lib/manifest.py").
metadata(description="A small peer for the Wish network", version="0.1.0", license="MIT")
package("uwish")
