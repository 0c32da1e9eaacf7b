"""Flask and wechatpy: the signature is checked, the push read and answered with its own text; nothing is stored."""

from flask import Flask, abort, request
from wechatpy import create_reply, parse_message
from wechatpy.exceptions import InvalidSignatureException
from wechatpy.utils import check_signature

TOKEN = "token-of-the-bench"
app = Flask(__name__)


@app.route("/wechat", methods=["POST"])
def wechat() -> str:
    given = request.args
    try:
        check_signature(TOKEN, given.get("signature", ""), given.get("timestamp", ""), given.get("nonce", ""))
    except InvalidSignatureException:
        abort(403)
    message = parse_message(request.data)
    return str(create_reply(message.content, message).render())
