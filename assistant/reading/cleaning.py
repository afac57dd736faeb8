"""Characters that nobody sees, and lines that are not part of any article.

The lines are known by what they say as a whole. A sentence that only holds such words is text:
"Advertisement" is clutter, "The advertisement was withdrawn." is not.
"""

from __future__ import annotations

import re
import unicodedata

# --- characters ----------------------------------------------------------------------------------

# Control characters, soft hyphens, zero-width characters, bidi controls, variation selectors,
# annotation marks, lone surrogates, noncharacters and tag characters (a place to hide text in).
_UNSEEN = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f"
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0"
    "\ufff0-\ufffc\ufffe\uffff\ud800-\udfff\ufdd0-\ufdef\U000e0000-\U000e0fff]+"
)
# Joiners belong between the letters of some scripts and in emoji, nowhere else.
_STRAY_JOINERS = re.compile(
    "(?<![^\x00-\x7f\u200c\u200d])[\u200c\u200d]+|[\u200c\u200d]+(?![^\x00-\x7f\u200c\u200d])"
    "|[\u200c\u200d]{2,}"
)
_LINE_ENDS = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_MARK = re.compile("[\u0300-\u036f]")
# Three marks on one letter is the most that any spelling needs.
_HEAPED_MARKS = re.compile("([\u0300-\u036f]{3})[\u0300-\u036f]+")
_MARKED_LETTER = re.compile("\\w[\u0300-\u036f]{1,3}")


def clean_text(text: str) -> str:
    """Text with line ends made ``\\n``, unseen characters taken out and letters composed (NFC).

    Also undoes heaps of accents. Linear in the length of the text.
    """
    text = _LINE_ENDS.sub("\n", text)
    text = _UNSEEN.sub("", text)
    if "\u200c" in text or "\u200d" in text:
        text = _STRAY_JOINERS.sub("", text)
    if _MARK.search(text):
        text = _HEAPED_MARKS.sub(r"\1", text)
        text = _MARKED_LETTER.sub(lambda letter: unicodedata.normalize("NFC", letter[0]), text)
    return text


def squeeze(text: str) -> str:
    """Text on one line, each stretch of white space one space."""
    return " ".join(text.split())


def squeeze_lines(text: str) -> str:
    """Text with each of its lines squeezed and empty ones left out."""
    return "\n".join(line for line in map(squeeze, text.split("\n")) if line)


# --- lines ---------------------------------------------------------------------------------------

_LONGEST_CLUTTER = 240

_NETWORK = (
    r"(?:facebook|twitter|x|linked ?in|whatsapp|reddit|telegram|pinterest|instagram|youtube"
    r"|tiktok|tumblr|mastodon|bluesky|threads|flipboard|pocket|messenger|weibo|wechat|vk|e-?mail"
    r"|print|rss(?: feed)?|google news|copy link|link copied|share|tweet|pin(?: it)?|save|like)"
)
_NETWORKS = rf"{_NETWORK}(?:[\s,|/·•&+]+(?:and |or )?{_NETWORK})*(?: \(opens in new window\))?"
_PIECE = (
    r"(?: (?:this|the|your|our|full|whole|entire|main|rest of the|more))*"
    r"(?: (?:article|story|post|page|news|entry|comments?))?"
)
_LETTER = r"(?:newsletters?|mailing list|e-?mails?|updates|alerts|briefing|digest)"
_HEARERS = r"(?:likes?|shares?|views?|reads?|tweets?|comments?|repl(?:y|ies)|followers?)"


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns))


# Each pattern describes a whole line, in small letters and without what stands around it.
_CLUTTER = _any_of(
    # sharing and following
    _NETWORKS,
    rf"(?:share|tweet|pin|e-?mail|print|save|bookmark|like)(?: it)?{_PIECE}",
    rf"(?:share|tweet|pin|e-?mail|save){_PIECE} (?:on|via|to|with|by) (?:{_NETWORKS}|friends)",
    r"share(?: this)?: .{0,80}",
    r"click to (?:share|e-?mail|print)\b.{0,80}",
    r"(?:connect with|follow|find|like|join) (?:us|me)(?: (?:on|at|via) .{1,60})?",
    rf"(?:[\d.,]+ ?[km]?\+? {_HEARERS}[\s|·•]*)+",
    # going on reading
    r"(?:reading time:? )?\d+[ -]?min(?:ute)?s?(?: read)?",
    rf"(?:continue|keep) reading{_PIECE}",
    rf"(?:read|show|load|see|view|learn|discover) (?:more|all|less|on)(?: (?:about|here))?{_PIECE}",
    rf"read{_PIECE}(?: here| on the website)?",
    r"(?:(?:article|story|content) )?continues below(?: (?:the |this )?(?:advert\w*|ad))?",
    # advertising
    r"advert(?:isement)?s?|ads?|sponsored(?: (?:content|links?|post))?|promoted(?: content)?",
    r"paid (?:content|post)|(?:remove|report|skip|hide) (?:this |these )?ads?|ad feedback",
    r"advertise with us",
    # finding one's way
    r"skip to (?:main )?content|(?:toggle |main )?(?:navigation|menu)|back to top|top|home|search",
    r"close|(?:log|sign) ?(?:in|out|up)|register|my account|next|previous|prev|help|site ?map",
    r"(?:next|previous) (?:article|post|story)|contact(?: us)?|about(?: us)?|page \d+(?: of \d+)?",
    r"privacy(?: policy)?|terms(?: (?:of (?:use|service)|(?:and|&) conditions))?|imprint",
    r"subscribe(?: now)?|donate|support us",
    r"(?:©|\(c\)|copyright)(?: copyright| ©| \(c\)| by)? ?(?:19|20)\d\d\b.{0,160}",
    r"(?:(?:©|copyright).{1,100}[ .,]+)?all rights reserved(?:\. .{0,160})?",
    r"(?:tags?|related topics?|filed under|categories):.{0,200}|(?:[\w ]+:)?(?: ?#\w+,?)+",
    # cookies
    r"(?:this|our|the) (?:web)?site uses cookies\b.{0,200}",
    r"we (?:and our partners )?use (?:necessary )?cookies\b.{0,200}",
    r"by (?:continuing|using|clicking|browsing)\b.{0,120}\b(?:cookies|privacy policy|terms of use)",
    r"by (?:continuing|using|clicking|browsing)\b.{0,120}\byou (?:agree|accept|consent)\b.{0,120}",
    r"(?:accept|reject|allow|decline|manage)(?: all)?(?: (?:cookies|preferences|settings))?",
    r"cookie (?:settings|policy|preferences|notice|consent)|i (?:agree|accept)|got it|ok(?:ay)?",
    r"(?:only |use )?(?:strictly )?necessary cookies(?: only)?|no,? thanks",
    # newsletters
    r"(?:your )?e-?mail(?: address)?|enter your e-?mail\b.{0,60}",
    r"(?:our |the |free |daily |weekly |monthly |e-?mail )*(?:newsletters?|mailing list)",
    rf"(?:subscribe|sign up|join|register)(?: now| today| here)? (?:to|for|and get)"
    rf"(?: [\w’'&-]+){{0,5}} {_LETTER}"
    r"(?:[,.]? (?:to|for|and|so|by|here|now|today)\b.{0,100}|[:.—–-].{0,100})?",
    r"(?:get|receive|have|sign up|subscribe|join)\b.{1,120}\b(?:to|in|into) your (?:e-?mail )?"
    r"(?:inbox|mailbox)\b.{0,60}",
    r"(?:you can )?unsubscribe(?: at any time| any ?time)?\b.{0,60}|no spam\b.{0,60}",
    r"thank you for subscribing\b.{0,60}",
)
# What follows these lines, up to the next article, are other people's words.
_COMMENTS = _any_of(
    r"(?:(?:\d+|no|all|view|show|read|add|post|leave|write|submit|load)"
    r"(?: \d+| all| a| your| the)? )?(?:reader )?comments?(?: ?\(\d+\)| \d+| here| yet)?(?: off)?",
    r"leave (?:a|your) (?:reply|comment|response|thought)(?: cancel reply)?|cancel reply",
    r"(?:post|add|write) a reply",
    r"\d+ (?:responses?|thoughts|replies)(?: (?:to|on) .{1,160})?",
    r"join the (?:discussion|conversation)|comments are closed",
    r"(?:click|log ?in|sign in)(?: here)? to (?:leave a |post a |add a )?(?:comment|reply)",
    r"you must be logged in to post a comment\b.{0,40}",
)
# What follows these lines, up to the next article, are names of other articles.
_LISTS = _any_of(
    r"(?:related|recommended|similar|popular|latest|recent|more|top|other|suggested|featured"
    r"|trending|further|most (?:read|popular|viewed|shared))(?: (?:articles?|stor(?:y|ies)|posts?"
    r"|news|content|reading|reads|topics|videos|headlines|coverage|now|today|this week|for you"
    r"|links|updates|events))+(?: (?:from|in|on|by|for) .{1,60})?",
    r"most (?:read|popular|viewed|shared|commented)|trending (?:on|in) .{1,40}",
    r"you(?: may| might|['’]ll| will| would)?(?: also)? (?:like|enjoy|love|be interested in)"
    r"(?: this| these)?|recommended(?: for you)?|editors?['’]?s?['’]? (?:picks?|choice)",
    r"what to read next|read next|read also|in (?:other|related) news|in case you missed it",
    r"(?:from )?(?:around|across) the web|don['’]t miss|up next|elsewhere on .{1,40}",
)
# These are headings of texts too.
_PERHAPS_LISTS = _any_of(
    r"related|publications|latest|trending|popular|archives?|categories|videos?|newest|headlines",
    r"recent|featured|opinion|more|topics|tags|sections|see also",
    r"(?:more|also) (?:from|in|on) .{1,60}",
)


def _core(line: str) -> str | None:
    if len(line) > _LONGEST_CLUTTER:
        return None
    return squeeze(line).casefold().strip(" \t*_#-–—•·|»›>→▶▼…:.!+<«‹←↓[]")


def is_clutter(line: str) -> bool:
    """Whether the line as a whole is a web page's furniture, or holds no letter or digit at all."""
    core = _core(line)
    if core is None:
        return False
    return not any(c.isalnum() for c in core) or _CLUTTER.fullmatch(core) is not None


def opens_comments(line: str) -> bool:
    """Whether the line is the heading of readers' comments."""
    core = _core(line)
    if core is None or core == "no comment":  # what people answer; the heading is "No comments"
        return False
    return _COMMENTS.fullmatch(core) is not None


def opens_list(line: str) -> bool:
    """Whether the line is the heading of a list of other articles."""
    core = _core(line)
    return core is not None and _LISTS.fullmatch(core) is not None


def may_open_list(line: str) -> bool:
    """Whether the line may be the heading of such a list, or of a text ("Publications")."""
    core = _core(line)
    return core is not None and _PERHAPS_LISTS.fullmatch(core) is not None


def ends_article(line: str) -> bool:
    """Whether the line offers to go on reading, as pages do at the end of an article."""
    core = _core(line)
    return core is not None and core.startswith(("continue reading", "keep reading"))
