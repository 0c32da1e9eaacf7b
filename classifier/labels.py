"""What a message may be: categories, topics, kinds of danger."""

CATEGORIES = ("praise", "advice_inquiry", "complaint")
TOPICS = (
    "城乡建设",
    "环境保护",
    "交通运输",
    "教育文体",
    "劳动和社会保障",
    "商贸旅游",
    "卫生计生",
    "政务服务",
    "公共安全",
    "农业农村",
)
DANGERS = (
    *("drowning", "fire", "gas", "electric", "violence", "missing", "medical", "suicide", "trapped"),
    *("collapse", "traffic", "kidnap", "poison", "crowd", "child", "threat", "flood"),
)
