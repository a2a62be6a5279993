package io.promptroutes.process;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.simulator.Simulated;
import io.promptroutes.simulator.Simulator;
import java.io.File;
import java.math.RoundingMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.logging.Level;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/**
 * The page of a running service in a real Chromium:
 * {@code mvn verify -Pbrowser -Dit.test=PageIT -Dtest=None -Dsurefire.failIfNoSpecifiedTests=false}.
 */
@Tag("browser")
class PageIT {

    private static final String SCRIPT = "<script>window.broken=1</script>";
    private static final String IMAGE = "<img src=x onerror=window.broken=1>";
    private static final int PROMPTS = 60;
    private static final Duration SOON = Duration.ofSeconds(60);

    @TempDir
    private static Path folder;
    private static Simulator simulator;
    private static Product product;
    private static Service service;
    private static ChromeDriver browser;

    @BeforeAll
    static void serve() throws Exception {
        simulator = Simulator.start(Simulated.by(Map.of("simulator.seed", "11", "simulator.latency", "30ms", "simulator.retry-after", "0",
                "simulator.fault.rate-limited", "20", "simulator.fault.server-error", "20", "simulator.fault.moderation", "4")));
        String line = "{\"id\":\"%s\",\"prompt\":\"%s Tell me about %d.\",\"tenant\":\"%s\",\"metadata\":{\"%s\":\"%s\"}}%n";
        String prompts = IntStream.range(0, PROMPTS).mapToObj(i -> line.formatted(i == 30 ? SCRIPT : "p-" + i, IMAGE, i, i % 5 == 0 ? IMAGE : "acme",
                SCRIPT, IMAGE)).collect(Collectors.joining());
        product = Product.in(folder.resolve("service")).calling(simulator);
        service = new Service(product, null, "page");
        start("0");
        product.file("in/prompts.jsonl", prompts);
        await().atMost(Duration.ofSeconds(120)).until(() -> {
            JsonNode now = usage().path("now");
            return now.path("answered").asInt() + now.path("dead_letters").valueStream().mapToInt(JsonNode::asInt).sum() == PROMPTS;
        });
        browser = chromium();
    }

    private static void start(String port) {
        service.start("inbox.directory=in", "inbox.settled=100ms", "budget.total.day=1", "retry.backoff=10ms", "management.port=" + port);
    }

    private static JsonNode usage() throws Exception {
        return Json.MAPPER.readTree(service.get("/api/usage").body());
    }

    private static ChromeDriver chromium() {
        ChromeOptions options = new ChromeOptions();
        options.addArguments("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                "--disable-component-update", "--disable-sync", "--user-data-dir=" + folder.resolve("chromium"), "--window-size=1280,900");
        LoggingPreferences logs = new LoggingPreferences();
        logs.enable(LogType.BROWSER, Level.ALL);
        options.setCapability("goog:loggingPrefs", logs);
        System.setProperty("webdriver.chrome.driver", chromedriver().toString());
        return new ChromeDriver(options);
    }

    private static Path chromedriver() {
        return List.of(System.getenv("PATH").split(File.pathSeparator)).stream().map(place -> Path.of(place, "chromedriver"))
                .filter(Files::isExecutable).findFirst().orElseThrow(() -> new AssertionError("there is no chromedriver: apt-get install chromium chromium-driver"));
    }

    @AfterAll
    static void stop() {
        if (browser != null) {
            browser.quit();
        }
        service.close();
        simulator.close();
    }

    @BeforeEach
    void open() {
        look("light", 1280);
        browser.manage().logs().get(LogType.BROWSER);
        browser.get(service.address() + "/");
        awaitFigures();
    }

    private static void look(String scheme, int width) {
        browser.executeCdpCommand("Emulation.setEmulatedMedia",
                Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", scheme))));
        browser.executeCdpCommand("Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", 900, "deviceScaleFactor", 1, "mobile", width < 600));
    }

    private static void awaitFigures() {
        await().atMost(SOON).until(() -> !browser.findElements(By.cssSelector("#request-list > li")).isEmpty());
    }

    private static Object js(String script, Object... arguments) {
        return browser.executeScript(script, arguments);
    }

    private static String text(String id) {
        return browser.findElement(By.id(id)).getText();
    }

    private static boolean shown(String id) {
        return browser.findElement(By.id(id)).isDisplayed();
    }

    private static String spent() {
        return browser.findElement(By.cssSelector("#total-figures .first dd")).getText();
    }

    /** Errors of scripts, of the network and of the content security policy. */
    private static List<String> complaints() {
        return browser.manage().logs().get(LogType.BROWSER).getAll().stream().filter(entry -> entry.getLevel().intValue() >= Level.WARNING.intValue())
                .map(LogEntry::getMessage).toList();
    }

    private static void assertFigures(JsonNode usage) {
        String all = text("total-figures");
        assertThat(all).contains("$" + rounded(usage.at("/total/cost_usd"))).contains("Calls\n" + usage.at("/total/requests").asText() + "\n");
        List<WebElement> rows = browser.findElements(By.cssSelector("#model-table tbody tr"));
        assertThat(rows).hasSize(usage.path("by_model").size());
        for (JsonNode model : usage.path("by_model")) {
            String name = model.path("model").asText();
            String row = rows.stream().map(WebElement::getText).filter(text -> text.matches("(?s)\\Q" + name + "\\E\\s.*")).findFirst().orElseThrow();
            assertThat(row).contains(" " + model.path("requests").asText() + " ", model.path("prompt_tokens").asText(), seconds(model.path("p50_ms")),
                    seconds(model.path("p95_ms")));
            assertThat(model.path("cost_usd").decimalValue().signum() == 0 || row.contains("$" + rounded(model.path("cost_usd")))).as(row).isTrue();
        }
    }

    private static String rounded(JsonNode usd) {
        return usd.decimalValue().setScale(6, RoundingMode.HALF_UP).stripTrailingZeros().toPlainString();
    }

    private static String seconds(JsonNode ms) {
        return ms.decimalValue().movePointLeft(3).setScale(2, RoundingMode.HALF_UP) + " s";
    }

    @Test
    void showsTheFiguresOfTheServiceAndRunsNothingThatAPromptHolds() throws Exception {
        JsonNode usage = usage();
        assertFigures(usage);
        assertThat(browser.findElements(By.cssSelector("#request-list > li"))).hasSize(PROMPTS);
        assertThat(text("state")).contains("Running, figures of", " UTC");
        assertThat(text("gauges")).contains("Everything, today", "spent of $1.00");
        assertThat(text("now-figures")).contains("Answered", usage.at("/now/answered").asText());
        js("document.querySelectorAll('details').forEach(one => one.open = true)");
        await().atMost(SOON).until(() -> browser.findElements(By.cssSelector("#request-list .why")).size() == PROMPTS);
        String text = text("requests");
        assertThat(text).contains(SCRIPT, IMAGE, "How the model was chosen", "Candidates, in their order", "current smart table");
        assertThat(text("tenant-table")).contains(IMAGE);
        assertThat(text("reason-table")).contains("rate limited", "provider error");
        assertThat(browser.findElements(By.cssSelector("main script, main img"))).isEmpty();
        assertThat(js("return window.broken ?? null")).isNull();
        assertThat(complaints()).isEmpty();
    }

    @Test
    void everythingHasANameAndIsReachedByKeyboard() {
        Set<String> wanted = Set.of("a Skip to the last requests", "input period", "input show", "summary By day, as a table",
                "summary Latency, as a table", "summary Fallbacks and failures, as a table");
        Set<String> reached = new LinkedHashSet<>();
        browser.findElement(By.tagName("body")).sendKeys(Keys.TAB);
        for (int i = 0; i < 12; i++) {
            WebElement now = browser.switchTo().activeElement();
            assertThat(js("const seen = arguments[0].matches('input') ? arguments[0].nextElementSibling : arguments[0];"
                    + "return getComputedStyle(seen).outlineStyle", now)).as("the focus on %s", now.getDomProperty("outerHTML")).isNotEqualTo("none");
            boolean input = now.getTagName().equals("input");
            reached.add(now.getTagName() + " " + (input ? now.getDomAttribute("name") : now.getText().lines().findFirst().orElse("")));
            if (reached.containsAll(wanted) && now.getTagName().equals("summary")) {
                break;
            }
            now.sendKeys(Keys.TAB);
        }
        assertThat(reached).containsAll(wanted);
        WebElement first = browser.findElement(By.cssSelector("#request-list summary"));
        first.sendKeys(Keys.ENTER);
        await().atMost(SOON).until(() -> browser.findElement(By.cssSelector("#request-list .why")).isDisplayed());
        WebElement period = browser.findElement(By.cssSelector("[name=period][value='7']"));
        period.sendKeys(Keys.ARROW_LEFT);
        await().atMost(SOON).until(() -> text("span").contains("since " + LocalDate.now(ZoneOffset.UTC).getDayOfMonth() + " "));
        assertThat(js("return [...document.querySelectorAll('canvas, [role=meter], [role=img], section, fieldset')]"
                + ".filter(one => !(one.getAttribute('aria-label') || document.getElementById(one.getAttribute('aria-labelledby'))"
                + " || one.querySelector('legend'))).map(one => one.outerHTML)")).as("without a name").isEqualTo(List.of());
        assertThat(js("getSelection().selectAllChildren(document.querySelector('#total-figures .first dd')); return getSelection().toString()")
                .toString()).startsWith("$0.");
        assertThat(complaints()).isEmpty();
    }

    @Test
    void fitsAPhoneAndTheDark() {
        List<Object> papers = new ArrayList<>();
        for (String scheme : List.of("light", "dark")) {
            for (int width : List.of(1280, 720, 390, 320)) {
                look(scheme, width);
                browser.navigate().refresh();
                awaitFigures();
                js("document.querySelectorAll('details').forEach(one => one.open = true)");
                await().atMost(SOON).untilAsserted(() -> assertThat(js("const page = document.documentElement; return page.scrollWidth - page.clientWidth"))
                        .as("%s %s", scheme, width).isEqualTo(0L));
                assertThat(js("return [...document.querySelectorAll('main *')].filter(one => !one.closest('pre')"
                        + " && one.getBoundingClientRect().right > document.documentElement.clientWidth + 1).map(one => one.outerHTML.slice(0, 200))"))
                        .as("%s %s", scheme, width).isEqualTo(List.of());
            }
            papers.add(js("return getComputedStyle(document.documentElement).backgroundColor"));
        }
        assertThat(papers).doesNotHaveDuplicates();
        assertThat(complaints()).isEmpty();
    }

    @Test
    void outlivesTheServiceAndGoesOnWhenItIsBack() throws Exception {
        String port = service.address().substring(service.address().lastIndexOf(':') + 1);
        String spent = spent();
        service.stop();
        await().atMost(SOON).untilAsserted(() -> assertThat(text("trouble")).contains("The service does not answer.", "What you see is of "));
        assertThat(text("state")).contains("No figures since ");
        assertThat(spent()).as("what was known stays").isEqualTo(spent);
        start(port);
        await().atMost(SOON).until(() -> !shown("trouble") && text("state").contains("Running"));
        assertThat(spent()).isEqualTo(spent);
    }

    @Test
    void asksForTheTokenAndKeepsIt() throws Exception {
        Product secret = Product.in(folder.resolve("guarded")).calling(simulator).with("MANAGEMENT_SECRET", "s3cret");
        try (Service guarded = new Service(secret, null, "guarded")) {
            guarded.start("inbox.directory=in", "management.token=env:MANAGEMENT_SECRET");
            browser.get(guarded.address() + "/");
            for (String token : List.of("wrong", "s3cret")) {
                await().atMost(SOON).until(() -> shown("token"));
                browser.findElement(By.id("token")).sendKeys(token, Keys.ENTER);
                await().atMost(SOON).until(() -> shown(token.equals("wrong") ? "token-refused" : "now"));
            }
            browser.navigate().refresh();
            await().atMost(SOON).until(() -> shown("now"));
            assertThat(shown("no-requests")).as("nothing was called yet, and that is told").isTrue();
        }
    }

    /** Asks the service that has the ledger; what it writes needs neither the service nor a network. */
    @Test
    void costsWritesTheSamePageAsAFile() throws Exception {
        JsonNode usage = usage();
        Path file = folder.resolve("page.html");
        String port = service.address().substring(service.address().lastIndexOf(':') + 1);
        product.with("LEDGER_DIRECTORY", "data").run("costs", "--page", file.toString(), "-D", "management.port=" + port).with(0);
        browser.executeCdpCommand("Network.enable", Map.of());
        network(false);
        try {
            browser.get(file.toUri().toString());
            awaitFigures();
            assertFigures(usage);
            assertThat(browser.findElements(By.cssSelector("#request-list > li"))).hasSize(PROMPTS);
            assertThat(text("state")).contains("Written ");
            assertThat(shown("now")).isFalse();
            assertThat(js("return window.Chart.instances && Object.keys(window.Chart.instances).length")).as("charts are drawn").isEqualTo(3L);
            assertThat(js("return window.broken ?? null")).isNull();
            assertThat(complaints()).isEmpty();
        } finally {
            network(true);
        }
    }

    private static void network(boolean on) {
        browser.executeCdpCommand("Network.emulateNetworkConditions",
                Map.of("offline", !on, "latency", 0, "downloadThroughput", -1, "uploadThroughput", -1));
    }
}
