"""The register's tables, a file for each of its rooms. Whoever reads one table knows them all: the metadata is whole.

Times are UTC. The duties' own are in `tables/duties`.
"""

from cases.register.tables import duties as duties
from cases.register.tables.cases import Case, CaseNumber, CoHandling, Extension, Promise
from cases.register.tables.chats import Ask, CardCode, ChangeableCard, ChatPost, ChatUpdate
from cases.register.tables.citizens import Citizen, CitizenQuestion, KeptPush, Media, MediaFile, Message
from cases.register.tables.clock import Danger, DueChange, FiredMilestone, Lapse, Outcome
from cases.register.tables.comments import Article, Comment
from cases.register.tables.drafts import Approval, Draft, Proposal, ReplyTemplate
from cases.register.tables.house import ApiToken, Audit, CalendarNotice, Lease, Meta, Recent, TrainedModel
from cases.register.tables.knowledge import (
    AutoAnswer,
    Correction,
    KnowledgeEntry,
    KnowledgeVersion,
    KnowledgeWording,
)
from cases.register.tables.people import (
    ConsoleSession,
    Department,
    DepartmentTopic,
    SavedView,
    SecondFactor,
    SignInGuard,
    Staff,
)
from cases.register.tables.sending import Delivery, Outbox, Source
