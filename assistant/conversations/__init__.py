"""What readers asked, and what they think of the answers: kept in ``conversations.sqlite`` in the
user's data folder.

Never inside a library: those are copied and shared. Nothing is sent anywhere.
"""

from assistant.conversations.records import (
    Conversation,
    Listing,
    Opinion,
    Owner,
    Rating,
    Reason,
    Turn,
)
from assistant.conversations.rows import now
from assistant.conversations.store import Conversations

__all__ = [
    "Conversation",
    "Conversations",
    "Listing",
    "Opinion",
    "Owner",
    "Rating",
    "Reason",
    "Turn",
    "now",
]
