"""The staff's side: cards, buttons and replies in Telegram or 企业微信."""
