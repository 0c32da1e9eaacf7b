"""WeRoBot with its SQLite session store: a counter is kept for each citizen."""

import os
from typing import Any

import werobot
from werobot.session.sqlitestorage import SQLiteStorage

robot = werobot.WeRoBot(token="token-of-the-bench", session_storage=SQLiteStorage(os.environ["ROBOT_DB"]))
robot.config["SESSION_STORAGE"] = robot.session_storage


@robot.text
def answer(message: Any, session: dict[str, int]) -> str:
    session["count"] = session.get("count", 0) + 1
    return f"{session['count']} {message.content}"


app = robot.wsgi
