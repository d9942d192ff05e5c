"""Which portable tests `make board-test` runs: all of them, but for these."""

from pathlib import Path

_FOLDER = Path(__file__).resolve().parent / "portable"

# They need the source tree, or what only the test bench has.
NOT_ON_A_BOARD = {
    "test_firmware_board_sensors.py": "its pins are none that a real driver takes",
    "test_firmware_bus_sensors.py": "its pins are none that a real driver takes",
    "test_firmware_clock.py": "counts from 1970, an ESP32 from 2000",
    "test_firmware_layout.py": "reads the source tree",
    "test_firmware_led.py": "reads the source tree",
    "test_firmware_pin_sensors.py": "its pins are none that a real driver takes",
    "test_firmware_sensors.py": "the sensors of boards/unix",
    "test_firmware_sleep.py": "counts from 1970, an ESP32 from 2000",
    "test_firmware_sleep_clock.py": "counts from 1970, an ESP32 from 2000",
    "test_firmware_sleep_kept.py": "counts from 1970, an ESP32 from 2000",
    "test_firmware_virtual_device.py": "the program of boards/unix",
}

# Whole apps, gateways and recorded sessions in one heap: for boards with PSRAM (--large).
LARGE = (
    *("test_app.py", "test_app_discovery.py", "test_app_failures.py", "test_app_handlers.py"),
    *("test_app_moves.py", "test_discovery.py", "test_documents.py", "test_finder.py"),
    *("test_firmware_senml_reader.py", "test_firmware_senml_refused.py"),
    *("test_known_messages.py", "test_local_names.py"),
    *("test_several_addresses.py", "test_sightings.py", "test_store.py"),
    *("test_app_identity.py", "test_app_pins.py", "test_app_places.py", "test_app_presence.py"),
    *("test_app_retry.py", "test_app_sending.py", "test_app_store.py", "test_app_turns.py"),
    *("test_bad_document.py", "test_bad_hello.py", "test_bad_message.py", "test_bad_record.py"),
    *("test_bad_signature.py", "test_connection.py", "test_connection_states.py"),
    *("test_firmware_agent.py", "test_firmware_agent_sensors.py", "test_firmware_enrol.py"),
    *("test_firmware_device.py", "test_firmware_network.py", "test_fuzz.py", "test_handshake.py"),
    *("test_handshake_stalls.py", "test_session.py", "test_session_requests.py"),
)


def files(large=False):
    """The names of those that run, in order; with `large` the large ones too."""
    names = [file.name for file in sorted(_FOLDER.glob("test_*.py"))]
    return [n for n in names if n not in NOT_ON_A_BOARD and (large or n not in LARGE)]
