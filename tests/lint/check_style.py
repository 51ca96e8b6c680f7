"""Fails if a file is too long, a header lacks its guard, or a public name its docstring.
Usage: check_style.py <repository root>. Run by ctest as lint.style."""
import re
import sys
from pathlib import Path

root = Path(sys.argv[1])
longest = 420  # lines; STYLE: about four hundred
complaints = []

for base in ("include", "src", "tests"):
    for file in sorted((root / base).rglob("*")):
        if file.suffix in {".cpp", ".hpp", ".h"}:
            lines = file.read_text().count("\n")
            if lines > longest:
                complaints.append(f"{file.relative_to(root)}: {lines} lines (at most {longest}): split it")

declaration = re.compile(r"^(class|struct|enum class|\[\[nodiscard\]\]|void|template|using|inline constexpr)\b|^\[\[")
for file in sorted((root / "include").rglob("*.hpp")):
    lines = file.read_text().splitlines()
    if "#pragma once" not in lines[:3]:
        complaints.append(f"{file.relative_to(root)}:1: a header starts with #pragma once")
    for number, line in enumerate(lines):
        if not declaration.match(line) or line.rstrip().endswith(";") and re.match(r"^(class|struct) \w+;", line):
            continue
        above = lines[number - 1].strip()
        if above.startswith(("///", "template", "#define", "*/")) or "///<" in line:
            continue
        # one comment may head a group of declarations without blank lines between them
        start = number
        while start > 0 and lines[start - 1].strip() and not lines[start - 1].startswith("}"):
            start -= 1
        if any(text.strip().startswith("///") for text in lines[start:number]):
            continue
        # a declaration may carry its docstring behind it, up to its end
        end = number
        while end < len(lines) - 1 and not lines[end].rstrip().endswith((";", "{")) and "///<" not in lines[end]:
            end += 1
        if "///<" in lines[end]:
            continue
        complaints.append(f"{file.relative_to(root)}:{number + 1}: no docstring: {line.strip()}")

print("\n".join(complaints) or "style: ok")
sys.exit(bool(complaints))
