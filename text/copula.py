"""What people put between the name of a number and the number: a mark, a verb, a few small words in any order."""

_MARKS = r"[\s:=\-~→➡⇒>\]】)）,，、.…「『“\"'(（\[【|/*·👉]"
_WORDS = (
    "是|为|叫|就|这个?|那个?|写的?|填的?|报的?|给你|发你|发给|记得?|应该|好像|大概|搜索?|加|我|你|呢|嘛|哈|呀|嘞|哦"
    "|如下|下面|上面|显示的?|印的?|用的?|办的|的|地址|名字?"
)
IS = rf"(?:{_MARKS}|{_WORDS}){{0,8}}?"
