#!/usr/bin/env python3
"""tokens.json -> server/assets/tokens.css, Tokens.kt, Tokens.swift, and the check that the colours keep their promises.

Run it anywhere: what no shell uses yet it writes beside itself, contrast.md too. Ends with 1 when a pair falls short.
Needs nothing but Python 3.
"""
import json
import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ASSETS = HERE.parent / "server" / "assets"
T = json.loads((HERE / "tokens.json").read_text())
AAA, AA, EDGE = 7.0, 4.5, 3.0

# (foreground, background, least ratio, what it is)
PAIRS = [
    ("text", "bg", AAA, "body on the page"), ("text", "surface", AAA, "body on a sheet; the number"),
    ("text", "sunken", AAA, "a key of the keypad"), ("muted", "bg", AAA, "second line on the page"),
    ("muted", "surface", AAA, "second line on a sheet"), ("muted", "sunken", AA, "second line, sunken"),
    ("act", "bg", AAA, "link on the page"), ("act", "surface", AAA, "link on a sheet"),
    ("act", "act-tint", AA, "current step"), ("text", "act-tint", AAA, "text of a chosen option"),
    ("on-act", "act", AAA, "primary button"), ("on-act", "act-strong", AAA, "primary button, pressed"),
    ("on-approve", "approve", AAA, "Approve"), ("approve", "surface", AA, "done mark"),
    ("text", "approve-tint", AAA, "success notice"), ("approve", "approve-tint", AA, "its icon"),
    ("on-deny", "deny", AAA, "Deny"), ("deny", "surface", AAA, "Deny, outlined"),
    ("text", "deny-tint", AAA, "denied notice"), ("on-report", "report", AA, "Delete, Report"),
    ("report", "surface", AA, "No, it's not me"), ("report", "bg", AA, "error line on the page"),
    ("text", "report-tint", AAA, "error notice"), ("report", "report-tint", AA, "its icon"),
    ("text", "wait-tint", AAA, "expired notice"), ("wait", "wait-tint", AA, "its icon"),
    ("wait", "surface", AA, "time nearly up"),
    ("edge", "surface", EDGE, "edge of a field"), ("edge", "bg", EDGE, "edge of a field on the page"),
    ("act", "line", EDGE, "filled part of the time bar"),
]


def rgb(value):
    return [int(value[i:i + 2], 16) / 255 for i in (1, 3, 5)]


def linear(c):
    return c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4


def luminance(value):
    r, g, b = (linear(c) for c in rgb(value))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


def ratio(a, b):
    hi, lo = sorted((luminance(a), luminance(b)), reverse=True)
    return (hi + 0.05) / (lo + 0.05)


# Machado, Oliveira, Fernandes 2009, severity 1.0, on linear RGB.
BLIND = {
    "none": [[1, 0, 0], [0, 1, 0], [0, 0, 1]],
    "protan": [[.152286, 1.052583, -.204868], [.114503, .786281, .099216], [-.003882, -.048116, 1.051998]],
    "deutan": [[.367322, .860646, -.227968], [.280085, .672501, .047413], [-.011820, .042940, .968881]],
    "tritan": [[1.255528, -.076749, -.178779], [-.078411, .930809, .147602], [.004733, .691367, .303900]],
}


def oklab(value, kind):
    lin = [linear(c) for c in rgb(value)]
    lin = [min(1, max(0, sum(m * c for m, c in zip(row, lin)))) for row in BLIND[kind]]
    r, g, b = lin
    l, m, s = (x ** (1 / 3) for x in (
        .4122214708 * r + .5363325363 * g + .0514459929 * b,
        .2119034982 * r + .6806995451 * g + .1073969566 * b,
        .0883024619 * r + .2817188376 * g + .6299787005 * b))
    return (.2104542553 * l + .7936177850 * m - .0040720468 * s,
            1.9779984951 * l - 2.4285922050 * m + .4505937099 * s,
            .0259040371 * l + .7827717662 * m - .8086757660 * s)


def distance(a, b, kind):
    return sum((x - y) ** 2 for x, y in zip(oklab(a, kind), oklab(b, kind))) ** .5


def css():
    def block(theme, pad):
        return "\n".join(f"{pad}--{n}: {c[theme].lower()};" for n, c in T["color"].items())

    fixed = [f"--font-{n}: {v};" for n, v in T["font"].items()]
    for n, v in T["type"].items():
        fixed += [f"--{n}-size: {v['size']};", f"--{n}-line: {v['line']};", f"--{n}-weight: {v['weight']};"]
    for group, prefix in (("space", "s"), ("radius", "radius"), ("border", "border"),
                          ("shadow", "shadow"), ("size", "size"), ("motion", "motion")):
        fixed += [f"--{prefix}-{n}: {v};" for n, v in T[group].items()]
    return f"""/* Made from tokens.json by make_tokens.py; change it there. */
:root {{
  color-scheme: light dark;
{block("light", "  ")}
  {(chr(10) + "  ").join(fixed)}
}}
@media (prefers-color-scheme: dark) {{
  :root {{
{block("dark", "    ")}
    --shadow-float: 0 0 0 1px var(--line), 0 12px 32px #000c;
  }}
}}
@media (prefers-contrast: more) {{
  :root {{ --muted: var(--text); --line: var(--edge); --edge: var(--text); }}
}}
@media (prefers-reduced-motion: reduce) {{
  :root {{ --motion-fast: 0ms; --motion-calm: 0ms; }}
}}
"""


# Material 3 role: ours. What Material has no role for (wait) stands beside the scheme.
MATERIAL = {
    "primary": "act", "onPrimary": "on-act", "primaryContainer": "act-tint", "onPrimaryContainer": "text",
    "secondary": "deny", "onSecondary": "on-deny", "secondaryContainer": "deny-tint", "onSecondaryContainer": "text",
    "tertiary": "approve", "onTertiary": "on-approve", "tertiaryContainer": "approve-tint", "onTertiaryContainer": "text",
    "error": "report", "onError": "on-report", "errorContainer": "report-tint", "onErrorContainer": "text",
    "background": "bg", "onBackground": "text", "surface": "surface", "onSurface": "text",
    "surfaceVariant": "sunken", "onSurfaceVariant": "muted", "surfaceContainerLowest": "surface",
    "surfaceContainerLow": "surface", "surfaceContainer": "surface", "surfaceContainerHigh": "sunken",
    "surfaceContainerHighest": "sunken", "outline": "edge", "outlineVariant": "line", "surfaceTint": "surface",
}


def argb(value):
    digits = value[1:].upper()
    return f"0x{digits[6:] + digits[:6] if len(digits) == 8 else 'FF' + digits}"


def camel(name):
    head, *rest = name.split("-")
    return head + "".join(part.title() for part in rest)


def kotlin():
    def scheme(theme):
        rows = "".join(f"    {role} = Color({argb(T['color'][ours][theme])}),\n" for role, ours in MATERIAL.items())
        return f"val {theme.title()}Colors = {theme}ColorScheme(\n{rows})\n"

    def beside(theme):
        names = ("wait", "wait-tint", "act-strong", "scrim")
        return "".join(f"    val {camel(n)}{theme.title()} = Color({argb(T['color'][n][theme])})\n" for n in names)

    return ("// Made from tokens.json by make_tokens.py; change it there.\n"
            "import androidx.compose.material3.darkColorScheme\nimport androidx.compose.material3.lightColorScheme\n"
            "import androidx.compose.ui.graphics.Color\n\n" + scheme("light") + "\n" + scheme("dark") +
            "\n/** Roles that Material has none for. */\nobject Beside {\n" + beside("light") + beside("dark") + "}\n")


def swift():
    rows = "".join(f"    static let {camel(n)} = dynamic(light: {argb(c['light'])}, dark: {argb(c['dark'])}) // {c['use']}\n"
                   for n, c in T["color"].items())
    return ("// Made from tokens.json by make_tokens.py; change it there.\nimport SwiftUI\nimport UIKit\n\n"
            "/// Colour by role: `Palette.act`, `Palette.approve`. Values are ARGB.\nenum Palette {\n" + rows + """
    private static func dynamic(light: UInt32, dark: UInt32) -> Color {
        Color(UIColor { traits in
            let argb = traits.userInterfaceStyle == .dark ? dark : light
            func part(_ shift: UInt32) -> CGFloat { CGFloat((argb >> shift) & 0xFF) / 255 }
            return UIColor(red: part(16), green: part(8), blue: part(0), alpha: part(24))
        })
    }
}
""")


def main():
    short = 0
    out = ["# Contrast", "", "Made by make_tokens.py from tokens.json. WCAG 2 ratio; AAA 7, AA 4.5, edges and marks 3.", "",
           "| pair | what | least | light | dark |", "|---|---|---|---|---|"]
    for fg, bg, least, what in PAIRS:
        got = [ratio(T["color"][fg][t], T["color"][bg][t]) for t in ("light", "dark")]
        short += sum(g < least for g in got)
        marks = [f"{g:.1f}" + ("" if g >= least else " SHORT") for g in got]
        out.append(f"| {fg} on {bg} | {what} | {least:g} | {marks[0]} | {marks[1]} |")
    out += ["", "## Without colour vision", "",
            "Distance in Oklab between the three decisions (Machado 2009, full severity); at least 0.10 between any two.",
            "Each also has its own icon, its own word and its own shape (filled, outlined, tinted).", "",
            "| theme | pair | none | protan | deutan | tritan |", "|---|---|---|---|---|---|"]
    for theme in ("light", "dark"):
        for a, b in (("approve", "deny"), ("approve", "report"), ("deny", "report"), ("act", "approve")):
            d = [distance(T["color"][a][theme], T["color"][b][theme], k) for k in BLIND]
            short += a != "act" and min(d) < 0.10
            out.append(f"| {theme} | {a} / {b} | " + " | ".join(f"{x:.2f}" for x in d) + " |")
    (HERE / "contrast.md").write_text("\n".join(out) + "\n")
    (ASSETS / "tokens.css").write_text(css())
    (HERE / "Tokens.kt").write_text(kotlin())
    (HERE / "Tokens.swift").write_text(swift())
    print("\n".join(out))
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
