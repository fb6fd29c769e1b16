"""Attacks by what stands in a body: handlers, links, styles, frames."""

from __future__ import annotations

from collections.abc import Iterator

from tests.itembank.hostile.making import CHOICE, URL, Case, Clean, item, one, package, passage, shown

EVENTS = [
    "abort",
    "afterprint",
    "animationend",
    "animationiteration",
    "animationstart",
    "auxclick",
    "beforecopy",
    "beforecut",
    "beforeinput",
    "beforematch",
    "beforepaste",
    "beforeprint",
    "beforetoggle",
    "beforeunload",
    "begin",
    "blur",
    "canplay",
    "canplaythrough",
    "change",
    "click",
    "close",
    "contextmenu",
    "copy",
    "cuechange",
    "cut",
    "dblclick",
    "drag",
    "dragend",
    "dragenter",
    "dragleave",
    "dragover",
    "dragstart",
    "drop",
    "durationchange",
    "emptied",
    "end",
    "ended",
    "error",
    "focus",
    "focusin",
    "focusout",
    "formdata",
    "fullscreenchange",
    "gotpointercapture",
    "hashchange",
    "input",
    "invalid",
    "keydown",
    "keypress",
    "keyup",
    "languagechange",
    "load",
    "loadeddata",
    "loadedmetadata",
    "loadstart",
    "lostpointercapture",
    "message",
    "mousedown",
    "mouseenter",
    "mouseleave",
    "mousemove",
    "mouseout",
    "mouseover",
    "mouseup",
    "mousewheel",
    "offline",
    "online",
    "pagehide",
    "pageshow",
    "paste",
    "pause",
    "play",
    "playing",
    "pointercancel",
    "pointerdown",
    "pointerenter",
    "pointerleave",
    "pointermove",
    "pointerout",
    "pointerover",
    "pointerrawupdate",
    "pointerup",
    "popstate",
    "progress",
    "ratechange",
    "repeat",
    "reset",
    "resize",
    "scroll",
    "scrollend",
    "search",
    "seeked",
    "seeking",
    "select",
    "selectionchange",
    "selectstart",
    "stalled",
    "storage",
    "submit",
    "suspend",
    "timeupdate",
    "toggle",
    "touchcancel",
    "touchend",
    "touchmove",
    "touchstart",
    "transitioncancel",
    "transitionend",
    "transitionrun",
    "transitionstart",
    "unload",
    "volumechange",
    "waiting",
    "webkitanimationend",
    "wheel",
]
HOLDERS = ("p", "b", "table", "img", "math", "qti-prompt", "qti-simple-choice", "qti-choice-interaction", "a", "span")


ROOT = Clean("Nothing of the root but its language is shown, so that what hangs on it goes.", lacks="onload|alert")
UNLINKED = Clean(
    "The words of a link are shown as plain text: its address, target and pings go.",
    lacks=r"<a\b|href|ping|target|script:|127\.0\.0\.1|passwd|/api/",
    shows="<p>x</p>",
    told="links are shown as plain text",
)
UNADDRESSED = Clean(
    "Addresses on elements that need none are not copied; what the element says is shown.",
    lacks=r"javascript|127\.0\.0\.1|cite=|longdesc|background|lowsrc|src=",
    shows=">x<",
)
UNSTYLED = Clean(
    "A style of the author is not copied, whatever it does; its text is shown in the player's look.",
    lacks=r"style=|url\(|expression|position|127\.0\.0\.1",
    shows="<p>x</p>",
    told="inline styles are not used",
)
UNSHEETED = Clean(
    "Style sheets of a package are not loaded, nor named to a browser.",
    lacks=r"stylesheet|\.css|127\.0\.0\.1|javascript",
    shows="Welk",
    told="style sheets of the package are not used|it is not shown during a test",
)
UNPAINTED = Clean("A font element goes, and its words stay.", lacks="font|expression", shows="<p>x</p>")
UNCLASSED = Clean(
    "Only the classes that QTI shares stay, so that no item can look like a part of the player.",
    lacks="outbox|hidden|next-button",
    shows='class="qti-x"',
)
ESCAPED = Clean(
    "What looks like markup is text, and is written as text: no element comes of it.",
    lacks=r"<(script|img)\b|<!--",
    shows=r"(&amp;)?lt;script|&lt;img|--&gt;|&lt;script",
)
EMPTIED = Clean(
    "What stands inside an element that can hold nothing is left out; the text around it stays.",
    lacks="alert",
    shows="a<br>b",
)
QUOTED = Clean(
    "A value that tries to end its attribute is written with its quotes escaped, and stays inside it.",
    lacks=r"<(script|img)\b",
    shows=r"(lang|title)=(['\"])(?:(?!\2).)*alert\(1\)(?:(?!\2).)*\2",
)
UNSAID = Clean("The title of an item is not part of what a pupil gets.", lacks="alert|<script", shows="Welk")
IN_VALUES = Clean(
    "An identifier is a value of a control, written with its quotes escaped: nothing comes out of its attribute.",
    lacks=r"<(script|img)\b",
    shows=r"(value|data-field)=(['\"])(?:(?!\2).)*alert\(1\)(?:(?!\2).)*\2",
)
LITERAL = Clean(
    "What a template engine would work out is text: items are filled in by element, never as a template.",
    lacks="49",
    shows=r"\{\{ 7\*7 \}\} \$\{7\*7\}",
)
NAMELESS = Clean(
    "Names by which the player finds its own parts, and behaviour that belongs to it, are not copied.",
    lacks=r"\bid=|name=\"location|contenteditable|autofocus|tabindex|accesskey|popover|slot=|\bis=|part=|itemscope|nonce",
    shows="<p>x</p>",
)


def _shows(kind: str, name: str, markup: str, outcome: str | Clean) -> Case:
    """Item with markup above a harmless choice."""
    return Case(kind, name, one(shown(markup)), outcome)


def handlers() -> Iterator[Case]:
    """Every common event, each on one of the elements that a body may hold."""
    for number, event in enumerate(EVENTS):
        holder = HOLDERS[number % len(HOLDERS)]
        if holder.startswith("qti-"):
            body = CHOICE.replace(f"<{holder}", f'<{holder} on{event}="alert(1)"', 1)
        elif holder == "math":
            body = f'<math xmlns="http://www.w3.org/1998/Math/MathML" on{event}="alert(1)"><mn>1</mn></math>{CHOICE}'
        else:
            body = f'<{holder} on{event}="alert(1)"/>{CHOICE}'
        yield Case("handlers", f"on{event} on {holder}", one(item(body)), "event handler")
    for name, markup in {
        "upper case": '<p ONCLICK="alert(1)"/>',
        "mixed case": '<p oNcLiCk="alert(1)"/>',
        "in a namespace": '<p xmlns:x="urn:x" x:onclick="alert(1)"/>',
        "in the namespace of HTML": '<p xmlns:h="http://www.w3.org/1999/xhtml" h:onclick="alert(1)"/>',
        "invented": '<p onfuture="alert(1)"/>',
        "empty": '<p onclick=""/>',
        "by reference": '<p onclick="&#97;lert(1)"/>',
        "in a passage's link": '<a href="x" onclick="alert(1)">x</a>',
        "deep": "<div>" * 20 + '<i onclick="alert(1)"/>' + "</div>" * 20,
    }.items():
        yield _shows("handlers", name, markup, "event handler")
    yield Case(
        "handlers",
        "on the body",
        one(item().replace("<qti-item-body>", '<qti-item-body onload="alert(1)">')),
        "event handler",
    )
    yield Case("handlers", "on the root", one(item(root='onload="alert(1)"')), ROOT)
    text = package({"item.xml": item(), "stimulus.xml": passage('<p onclick="alert(1)">a</p>')})
    yield Case("handlers", "in a passage", text, "event handler")


ADDRESSES = {
    "javascript": "javascript:alert(1)",
    "upper case": "JAVASCRIPT:alert(1)",
    "mixed case": "jAvAsCrIpT:alert(1)",
    "reference": "&#106;avascript:alert(1)",
    "hexadecimal reference": "&#x6A;avascript:alert(1)",
    "padded reference": "&#0000106;avascript:alert(1)",
    "tab inside": "java&#9;script:alert(1)",
    "line inside": "java&#10;script:alert(1)",
    "return inside": "java&#13;script:alert(1)",
    "space before": "  javascript:alert(1)",
    "separator before": "&#x2028;javascript:alert(1)",
    "space before colon": "javascript :alert(1)",
    "percent": "javascript%3Aalert(1)",
    "slashes": "javascript://x/%0aalert(1)",
    "vbscript": "vbscript:msgbox(1)",
    "livescript": "livescript:alert(1)",
    "data page": "data:text/html,&lt;script&gt;alert(1)&lt;/script&gt;",
    "data base64": "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "data drawing": "data:image/svg+xml,&lt;svg onload=alert(1)&gt;",
    "blob": "blob:null/1",
    "view source": "view-source:javascript:alert(1)",
    "feed": "feed:javascript:alert(1)",
    "file": "file:///etc/passwd",
    "http": f"{URL}/x",
    "without scheme": "//127.0.0.1/x",
    "backslashes": "\\\\127.0.0.1\\x",
    "absolute": "/api/sittings",
    "climbing": "../../api/sittings",
    "fragment": "#x",
    "empty": "",
}


def links() -> Iterator[Case]:
    """Addresses that act or lead away, on links and on pictures."""
    for name, address in ADDRESSES.items():
        yield _shows("links", f"{name}, link", f'<p><a href="{address}">x</a></p>', UNLINKED)
        why = "not a file of the package|not in the package"
        yield _shows("links", f"{name}, picture", f'<p><img src="{address}" alt=""/></p>', why)
    others: tuple[tuple[str, str, str | Clean], ...] = (
        ("area", '<map><area href="javascript:alert(1)"/></map>', "not supported"),
        ("ping", f'<p><a href="x" ping="{URL}/p">x</a></p>', UNLINKED),
        ("target", '<p><a href="x" target="_top">x</a></p>', UNLINKED),
        ("xlink", '<p><a xmlns:l="http://www.w3.org/1999/xlink" l:href="javascript:alert(1)">x</a></p>', UNLINKED),
        ("cite", '<blockquote cite="javascript:alert(1)"><p>x</p></blockquote>', UNADDRESSED),
        ("longdesc", '<p><b longdesc="javascript:alert(1)">x</b></p>', UNADDRESSED),
        ("background", '<table background="javascript:alert(1)"><tr><td>x</td></tr></table>', UNADDRESSED),
        ("srcset", f'<p><img src="none.png" srcset="{URL}/x 2x" alt=""/></p>', "not in the package"),
        ("dynsrc", f'<p><img dynsrc="{URL}/x" alt=""/></p>', "not a file"),
        ("lowsrc", f'<p><b lowsrc="{URL}/x" src="{URL}/y">x</b></p>', UNADDRESSED),
        ("object picture", f'<object data="{URL}/x.png" type="image/png"/>', "not a file"),
    )
    for name, markup, outcome in others:
        yield _shows("links", name, markup, outcome)


def styles() -> Iterator[Case]:
    """Styles that load, hide or act."""
    declared = (
        f"background:url({URL}/x)", f"background:url('{URL}/x')", "background:url(javascript:alert(1))", "background:u\\72l(x)",
        f"background-image:image-set('{URL}/x' 1x)", f"list-style:url({URL}/x)", f"cursor:url({URL}/x),auto", f"content:url({URL}/x)",
        "width:expression(alert(1))", "behavior:url(x.htc)", "-moz-binding:url(x.xml#a)", "position:fixed;inset:0;z-index:99999",
        f"border-image:url({URL}/x)", f"filter:url({URL}/x#f)", f"mask:url({URL}/x)", f"src:url({URL}/x)", f"--x:url({URL}/x)",
        "animation:x 1s", "background:/**/url/**/(x)", "\\62 ackground:url(x)",
    )  # fmt: skip
    for style in declared:
        yield _shows("styles", f"attribute {style}", f'<p style="{style}">x</p>', UNSTYLED)
    others: tuple[tuple[str, str, str | Clean], ...] = (
        ("element", f"<style>@import '{URL}/x';</style>", "not supported"),
        ("element with url", f"<style>p{{background:url({URL}/x)}}</style>", "not supported"),
        ("link", f'<link rel="stylesheet" href="{URL}/x"/>', "not supported"),
        ("link preload", f'<link rel="preload" as="image" href="{URL}/x"/>', "not supported"),
        ("link prefetch", f'<link rel="dns-prefetch" href="{URL}/x"/>', "not supported"),
        ("link import", f'<link rel="import" href="{URL}/x"/>', "not supported"),
        ("QTI sheet in the body", f'<qti-stylesheet href="{URL}/x" type="text/css"/>', UNSHEETED),
        ("font face", f"<style>@font-face{{font-family:x;src:url({URL}/x)}}</style>", "not supported"),
        ("template", f"<template><style>p{{background:url({URL}/x)}}</style></template>", "not supported"),
        ("font element", '<p><font color="expression(alert(1))">x</font></p>', UNPAINTED),
        ("class of the player", '<p class="outbox hidden next-button qti-x">x</p>', UNCLASSED),
    )
    for name, markup, outcome in others:
        yield _shows("styles", name, markup, outcome)
    for place, sheet in (("of the item", f"{URL}/x.css"), ("of the item, script", "javascript:alert(1)")):
        named = item(extra=f'<qti-stylesheet href="{sheet}" type="text/css"/>')
        yield Case("styles", f"QTI sheet {place}", one(named), UNSHEETED)


_FRAMES = (
    "<script>alert(1)</script>", f'<script src="{URL}/x.js"/>', '<SCRIPT>alert(1)</SCRIPT>', '<h:script xmlns:h="http://www.w3.org/1999/xhtml">alert(1)</h:script>',
    "<script><![CDATA[alert(1)]]></script>", '<script type="module">alert(1)</script>', "<noscript><p>x</p></noscript>", "<qti-script>alert(1)</qti-script>",
    f'<iframe src="{URL}/x"/>', '<iframe srcdoc="&lt;script&gt;alert(1)&lt;/script&gt;"/>', f'<frame src="{URL}/x"/>', "<frameset/>",
    f'<embed src="{URL}/x.swf"/>', f'<applet code="{URL}/x"/>', f'<form action="{URL}/x"><input name="a"/></form>', '<input type="image" src="x"/>',
    '<button formaction="javascript:alert(1)">x</button>', '<isindex action="javascript:alert(1)"/>', f'<base href="{URL}/"/>',
    f'<meta http-equiv="refresh" content="0;url={URL}/x"/>', '<meta http-equiv="Content-Security-Policy" content="script-src *"/>', f'<video src="{URL}/x"/>',
    f'<audio src="{URL}/x" autoplay="autoplay"/>', f'<video><track src="{URL}/x"/></video>', f'<source src="{URL}/x"/>', f'<picture><source srcset="{URL}/x"/></picture>',
    "<portal src='x'/>", "<fencedframe/>", "<dialog open='open'>x</dialog>", "<marquee>x</marquee>", "<template><p/></template>", "<slot/>", "<x-element/>",
    "<canvas/>", "<textarea>x</textarea>", "<select><option>x</option></select>", "<title>x</title>", "<plaintext/>", "<xmp>&lt;script&gt;</xmp>", "<listing/>",
    "<noembed>&lt;script&gt;</noembed>", "<bgsound src='x'/>", "<layer src='x'/>", "<html><body>x</body></html>", "<image src='x'/>", "<keygen/>", "<param name='x'/>",
    '<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>',
    '<custom-element is="x">x</custom-element>', "<p><qti-custom-interaction response-identifier='RESPONSE'/></p>",
    "<qti-portable-custom-interaction response-identifier='RESPONSE' module='x'/>", "<qti-interaction-markup><script/></qti-interaction-markup>",
    '<qti-template-inline identifier="A" template-identifier="T"><p/></qti-template-inline>', "<qti-printed-variable identifier='SCORE'/>",
)  # fmt: skip


def frames() -> Iterator[Case]:
    """Elements that run, frame, send or reload; and how text could become one."""
    for number, markup in enumerate(_FRAMES):
        yield _shows(
            "frames",
            f"{number + 1} {markup[:50]}",
            markup,
            "not supported|not a file|no template variable|event handler",
        )
    others: tuple[tuple[str, str, str | Clean], ...] = (
        ("object page", '<object data="x.html" type="text/html"/>', "not supported"),
        ("object drawing", f'<object data="{URL}/x.svg" type="image/svg+xml"/>', "not a file"),
        (
            "script in an object",
            '<object data="none.png" type="image/png"><script>alert(1)</script></object>',
            "not in the package|not supported",
        ),
        ("escaped script", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>", ESCAPED),
        ("escaped twice", "<p>&amp;lt;script&amp;gt;</p>", ESCAPED),
        ("data section", "<p><![CDATA[<script>alert(1)</script><img src=x onerror=alert(1)>]]></p>", ESCAPED),
        ("language", '<p xml:lang="&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;">x</p>', QUOTED),
        ("title", '<p><abbr title="\'&gt;&lt;img src=x onerror=alert(1)&gt;">x</abbr></p>', QUOTED),
        ("text in an empty element", "<p>a<br>&lt;script&gt;alert(1)&lt;/script&gt;</br>b</p>", EMPTIED),
        ("shape of a template", "<p>{{ 7*7 }} ${7*7} &lt;%= 7*7 %&gt; #{7*7}</p>", LITERAL),
        ("id of the player", '<p id="outbox" name="location" data-field="RESPONSE">x</p>', NAMELESS),
        (
            "editable",
            '<p contenteditable="true" autofocus="autofocus" tabindex="1" accesskey="x" popover="">x</p>',
            NAMELESS,
        ),
        ("shadow", '<p slot="x" is="x" part="x" itemscope="" nonce="x">x</p>', NAMELESS),
        ("end of a comment", "<p>--&gt; &lt;!-- ]]&gt;</p>", ESCAPED),
    )
    for name, markup, outcome in others:
        yield _shows("frames", name, markup, outcome)
    nasty = "'&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
    yield Case("frames", "title of the item", one(item().replace('title="Opgave"', f'title="{nasty}"')), UNSAID)
    yield Case("frames", "identifier of the item", one(item(name=nasty)), "no usable identifier")
    yield Case("frames", "identifier with a C1 control", one(item(name="a&#x9b;2Jb")), "no usable identifier")
    choices = CHOICE.replace('identifier="B"', f'identifier="{nasty}"')
    yield Case("frames", "identifier of a choice", one(item(choices)), IN_VALUES)
    choices = CHOICE.replace("RESPONSE", nasty)
    asked = item(choices, declarations=item_key(nasty), rules=_rules_for(nasty))
    yield Case("frames", "identifier of a response", one(asked), IN_VALUES)


def item_key(name: str) -> str:
    """Declaration of a choice under another name."""
    return (
        f'<qti-response-declaration identifier="{name}" cardinality="single" base-type="identifier"><qti-correct-response>'
        "<qti-value>A</qti-value></qti-correct-response></qti-response-declaration>"
    )


def _rules_for(name: str) -> str:
    """Rules that score a response under another name."""
    return (
        "<qti-response-processing><qti-response-condition><qti-response-if><qti-match>"
        f'<qti-variable identifier="{name}"/><qti-correct identifier="{name}"/></qti-match>'
        '<qti-set-outcome-value identifier="SCORE"><qti-base-value base-type="float">1</qti-base-value>'
        "</qti-set-outcome-value></qti-response-if></qti-response-condition></qti-response-processing>"
    )
