package dev.safe.sample.fleet;

import static java.util.stream.Collectors.joining;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.logging.Level;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.OutputType;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;
import org.openqa.selenium.support.ui.Select;
import org.openqa.selenium.support.ui.WebDriverWait;

/**
 * A headless Chromium. Both it and its driver come from the {@code PATH}; without them the tests that open one are
 * skipped, or fail with {@code -Dbrowser.required=true}. Not thread-safe.
 */
final class Browser implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final ChromeDriver driver;

    private Browser(ChromeDriver driver) {
        this.driver = driver;
    }

    /** Opens one that is as wide as given, in CSS pixels. */
    static Browser open(int width, int height) {
        Path chromium = onPath("chromium");
        Path chromedriver = onPath("chromedriver");
        ChromeOptions options = new ChromeOptions();
        options.setBinary(chromium.toFile());
        options.addArguments(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--disable-dev-shm-usage",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync");
        LoggingPreferences everything = new LoggingPreferences();
        everything.enable(LogType.BROWSER, Level.ALL);
        options.setCapability(ChromeOptions.LOGGING_PREFS, everything);
        // Its executable is given, so that Selenium does not look for one to download.
        ChromeDriverService service = new ChromeDriverService.Builder()
                .usingDriverExecutable(chromedriver.toFile())
                .build();
        Browser browser = new Browser(new ChromeDriver(service, options));
        browser.resize(width, height);
        return browser;
    }

    /** Returns whether the tests that need one are to run: without it too if it is required, since they fail then. */
    static boolean isExpected() {
        return Boolean.getBoolean("browser.required")
                || located("chromium").isPresent() && located("chromedriver").isPresent();
    }

    private static Path onPath(String program) {
        return located(program)
                .orElseThrow(() -> new IllegalStateException("%s is not on the PATH".formatted(program)));
    }

    private static Optional<Path> located(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    void resize(int width, int height) {
        driver.executeCdpCommand(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
    }

    void go(String url) {
        driver.get(url);
    }

    String url() {
        return driver.getCurrentUrl();
    }

    /** Returns the visible element, once there is one. */
    WebElement find(String css) {
        return until("a visible " + css, () -> driver.findElements(By.cssSelector(css)).stream()
                .filter(WebElement::isDisplayed)
                .findFirst());
    }

    boolean shows(String css) {
        return driver.findElements(By.cssSelector(css)).stream().anyMatch(WebElement::isDisplayed);
    }

    void click(String css) {
        find(css).click();
    }

    void forgetCookies() {
        driver.manage().deleteAllCookies();
    }

    /** Selects an option by its text. */
    void select(String css, String text) {
        new Select(find(css)).selectByVisibleText(text);
    }

    /** Types into what has the focus. */
    void type(CharSequence... keys) {
        driver.switchTo().activeElement().sendKeys(keys);
    }

    /** Presses Tab until an element has the focus. */
    void tabTo(String css) {
        for (int pressed = 0; pressed < 30; pressed++) {
            if (Boolean.TRUE.equals(evaluate("return document.activeElement.matches(arguments[0])", css))) {
                return;
            }
            type(Keys.TAB);
        }
        throw new AssertionError("Tab does not reach " + css);
    }

    /** Waits until no element is visible. */
    void waitUntilGone(String css) {
        until("page without " + css, () -> Optional.of(css).filter(gone -> !shows(gone)));
    }

    /** Waits until the text of an element contains a part. */
    void waitForText(String css, String part) {
        until("'%s' in %s".formatted(part, css), () -> Optional.of(find(css).getText())
                .filter(text -> text.contains(part)));
    }

    /** Returns the texts of all elements, one a line. */
    String texts(String css) {
        return driver.findElements(By.cssSelector(css)).stream()
                .map(WebElement::getText)
                .collect(joining("\n"));
    }

    int count(String css) {
        return driver.findElements(By.cssSelector(css)).size();
    }

    /** Evaluates the body of a JavaScript function. */
    Object evaluate(String script, Object... arguments) {
        return driver.executeScript(script, arguments);
    }

    /** Evaluates the body of a JavaScript function, which calls its last argument with the result. */
    Object evaluateAsync(String script, Object... arguments) {
        driver.manage().timeouts().scriptTimeout(PATIENCE);
        return driver.executeAsyncScript(script, arguments);
    }

    /** Returns what the console has had to say since it was last asked. */
    String console() {
        return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
                .map(LogEntry::toString)
                .collect(joining("\n"));
    }

    /** Writes a picture for the docs, if the build was asked for one. */
    void screenshot(String name) {
        if (!Boolean.getBoolean("screenshots")) {
            return;
        }
        try {
            Path images = Files.createDirectories(Path.of("..", "docs", "images"));
            Files.write(images.resolve(name + ".png"), driver.getScreenshotAs(OutputType.BYTES));
        } catch (IOException thrown) {
            throw new UncheckedIOException(thrown);
        }
    }

    private <T> T until(String what, Supplier<Optional<T>> condition) {
        return new WebDriverWait(driver, PATIENCE)
                .withMessage(() -> "no %s; the page says:\n%s".formatted(what, texts("body")))
                .ignoring(StaleElementReferenceException.class)
                .until(anything -> condition.get().orElse(null));
    }

    @Override
    public void close() {
        driver.quit();
    }
}
