"""What is seen of the register's rows: to be read, and handed back to a step; nothing of it can be set.

Whoever changes a row takes it in hand by its table (`rows.row_of`), which no door knows.
"""

from cases.register.readonly.cases import Case, CoHandling, Extension
from cases.register.readonly.chats import Ask, ChatPost
from cases.register.readonly.citizens import Citizen
from cases.register.readonly.comments import Article
from cases.register.readonly.drafts import Draft, Proposal, ReplyTemplate
from cases.register.readonly.house import Audit
from cases.register.readonly.knowledge import KnowledgeEntry, KnowledgeVersion
from cases.register.readonly.people import ConsoleSession, Department, SavedView, Staff
from cases.register.readonly.sending import Delivery, Outbox, Source
