"""What a board does once it has started."""

import builder
import config
import uwish_board

import uwish
from uwish.log import info

settings = config.load("/config.json", uwish_board)
app = builder.make_app(settings, uwish_board, uwish.FileStore("/uwish"))
builder.make_agent(
    settings, uwish_board, app, lambda event, detail: info("%s %s", event, detail)
).run()
