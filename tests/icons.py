"""Makes the PNG icons in web/public from icon.svg, for those who want no SVG. `python -m tests.icons`"""

import io
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

from tests.browser import FLAGS, chromium

PUBLIC = Path(__file__).parents[1] / "web" / "public"
# name: (pixels, share of the ground that the mark takes; a phone cuts up to a fifth from each side of a maskable one)
ICONS = {
    "icon-192.png": (192, 0.8),
    "icon-512.png": (512, 0.8),
    "icon-maskable-512.png": (512, 0.58),
    "apple-touch-icon.png": (180, 0.72),
}


def main() -> None:
    mark = (PUBLIC / "icon.svg").read_text()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        for name, (size, share) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size}, color_scheme="light")
            side = round(size * share)
            ground = "display:grid;place-items:center;height:100vh;margin:0;background:#fff"
            page.set_content(f'<body style="{ground}"><div style="width:{side}px;height:{side}px">{mark}</div>')
            drawn = Image.open(io.BytesIO(page.screenshot())).convert("RGB").quantize(32)
            drawn.save(PUBLIC / name, optimize=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
