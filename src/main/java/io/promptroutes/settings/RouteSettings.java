package io.promptroutes.settings;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.opentelemetry.api.OpenTelemetry;
import io.promptroutes.call.ApiKey;
import io.promptroutes.call.Dialect;
import io.promptroutes.flow.AdmissionGate;
import io.promptroutes.flow.AnswerCache;
import io.promptroutes.model.Breakers;
import io.promptroutes.model.Catalogue;
import io.promptroutes.pipeline.Options;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.task.Detector;
import io.promptroutes.telemetry.Labels;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;

/** The settings in the types that the routes' beans want, each checked, with an error that names the key. */
public final class RouteSettings {

    /** Where nobody says another number; of a job, not of the service. */
    private static final int CONCURRENCY = 64;
    private static final Map<String, String> JAR = Settings.ofTheJar().withPrefix("");

    private final Settings settings;
    private final ApiKey key;
    private final int concurrency;
    private final int window;
    /** What the keys say about reading prompts, as a command wants it. */
    private final UnaryOperator<PromptSettings> asked;

    public RouteSettings(Settings settings, ApiKey key) {
        this(settings, key, UnaryOperator.identity());
    }

    /** @param asked what a command makes of the keys prompts.* */
    public RouteSettings(Settings settings, ApiKey key, UnaryOperator<PromptSettings> asked) {
        this.settings = settings;
        this.key = key;
        this.asked = asked;
        concurrency = settings.text("prompts.concurrency").isEmpty() ? CONCURRENCY : settings.integer("prompts.concurrency", 1, 10_000);
        int wanted = settings.integer("prompts.window", 0, 1_000_000);
        window = wanted == 0 ? 4 * concurrency : wanted;
    }

    /** @param job whether the run is to end some day */
    public AdmissionGate intake(boolean job) {
        return new AdmissionGate(settings.duration("pause.first-look"), settings.duration("pause.max"), job, Clock.systemUTC());
    }

    public Path catalogueCopy() {
        return Path.of(settings.text("catalogue.copy"));
    }

    /** Prompts taken and not yet finished, at most. */
    public int window() {
        return window;
    }

    /** The longest that a prompt may take from its turn in the window on: others may be called before it, and calls a minute be few. */
    public Duration longest() {
        Duration calls = settings.duration("prompts.deadline").multipliedBy((window + concurrency - 1) / concurrency);
        int rate = modelRates().values().stream().reduce(settings.integer("openrouter.rpm", 0, 1_000_000),
                (one, other) -> one == 0 ? other : Math.min(one, other));
        return rate == 0 ? calls : calls.plus(Duration.ofMinutes(window / rate + 1));
    }

    public ApiKey key() {
        return key;
    }

    /** For the account's credit alone; may be absent. */
    public ApiKey managementKey() {
        return new ApiKey(Secret.of(settings.text(Settings.MANAGEMENT_KEY)));
    }

    public PromptSettings prompts() {
        return asked.apply(new InputSettings(settings).prompts());
    }

    public OpenTelemetry traces() {
        return Tracing.of(settings);
    }

    /** Whether spans hold texts. */
    public boolean content() {
        return settings.onOff("tracing.content");
    }

    /** What labels of meters and spans may say. @param provider that is called */
    public Labels labels(String provider, Catalogue catalogue) {
        Set<String> models = tableIds("models." + settings.text("models.profile") + ".");
        models.addAll(settings.below("models.alias.").values());
        return new Labels(provider, URI.create(settings.text("openrouter.base-url")), models, catalogue);
    }

    public DetectionSettings detection() {
        return new DetectionSettings(settings);
    }

    public Options options() {
        return options(detection().detector());
    }

    /** @param detector null where the others are only looked at: its words take time to read */
    public Options options(Detector detector) {
        settings.choice("detection.rules", List.of("lexicon", "keywords"));
        return new Options(concurrency, service(), retries(), models(), new Options.Detection(detection().unsure(), detection().keywords(), detector),
                new Options.Budgets(exhausted("budget.exhausted", List.of("free", "reject", "pause")),
                        exhausted("budget.part-exhausted", List.of("free", "reject")), // never pause: one pipeline or tenant would stop all
                        settings.onOff("budget.unknown-prices"), settings.onOff("budget.server-tools")),
                new Options.Alarms(settings.amount("alerts.credit-below"), settings.amount("alerts.spike-factor"), settings.amount("alerts.spike-least")),
                breakers(), cache(), new BatchSettings(settings).batching());
    }

    /** Of the HTTP calls. */
    public Options.Service service() {
        return new Options.Service(settings.duration("openrouter.connect-timeout"), settings.duration("openrouter.timeout"),
                settings.duration("openrouter.timeout.reasoning"), settings.integer("openrouter.max-answer-bytes", 1024, Integer.MAX_VALUE),
                headers(), provider(), settings.integer("openrouter.reasoning-headroom", 0, 1_000_000), NetworkSettings.of(settings, System.getenv()),
                settings.integer("openrouter.rpm", 0, 1_000_000), modelRates(), settings.dialect());
    }

    private Options.Retries retries() {
        return new Options.Retries(settings.duration("prompts.deadline"), settings.duration("retry.backoff"), settings.duration("retry.max-wait"),
                settings.choice("tier.flex.fallback", List.of("default", "fail")).equals("default"),
                settings.integer("publish.retries", -1, Integer.MAX_VALUE),
                Duration.ofMillis(settings.integer("publish.retry-millis", 1, Integer.MAX_VALUE)), settings.duration("costs.resend-every"));
    }

    private Options.Models models() {
        String tables = "models." + settings.text("models.profile") + ".";
        if (settings.below(tables).isEmpty()) {
            settings.refuse("models.profile", "a profile, but there are no keys " + tables + "*");
        }
        return new Options.Models(tableIds(tables), Settings.split(table(tables + "fallbacks")), Settings.split(table(tables + "tier.free")),
                settings.onOff("fallback.free"), settings.duration("strategy.compare.timeout"), prices(),
                settings.integer("catalogue.price-jump-percent", 1, 10_000), settings.integer("catalogue.expiry-days", 0, 3650),
                aliases(false), aliases(true), detection().taskSettings());
    }

    /** The jar's tables name OpenRouter's models: of another service only what somebody has set counts. */
    private String table(String key) {
        return settings.dialect().has(Dialect.Trait.NAMES) || !settings.text(key).equals(JAR.get(key)) ? settings.text(key) : "";
    }

    /** The jar's are of 2024, and of another service they are no bound. */
    private Map<String, String> prices() {
        Map<String, String> prices = settings.withPrefix("prices.");
        if (!settings.dialect().has(Dialect.Trait.NAMES)) {
            prices.entrySet().removeIf(price -> price.getValue().equals(JAR.get(price.getKey())));
        }
        return prices;
    }

    /** @param shipped those of the jar that nobody has changed, or all others */
    private Map<String, String> aliases(boolean shipped) {
        Map<String, String> aliases = settings.below("models.alias.");
        aliases.keySet().removeIf(name -> settings.shipped("models.alias." + name) != shipped);
        return aliases;
    }

    private Options.Exhausted exhausted(String key, List<String> choices) {
        return Options.Exhausted.valueOf(settings.choice(key, choices).toUpperCase(Locale.ROOT));
    }

    private AnswerCache.Settings cache() {
        return new AnswerCache.Settings(settings.seconds("cache.ttl"),
                settings.integer("cache.max-bytes", 0, Integer.MAX_VALUE), settings.amount("cache.max-temperature"),
                settings.onOff("cache.across-tenants"));
    }

    private Breakers.Settings breakers() {
        return new Breakers.Settings(settings.onOff("breaker.enabled"), settings.integer("breaker.failure-percent", 1, 100),
                settings.seconds("breaker.window"), settings.integer("breaker.calls", 1, 1_000_000), settings.seconds("breaker.open"));
    }

    /** For Camel's placeholders. */
    public Properties properties() {
        for (String counted : List.of("retry.rate-limited.calls", "retry.provider-error.calls", "retry.output-cut.calls")) {
            settings.integer(counted, 1, 100);
        }
        List.of("alerts.spike-every", "alerts.credit-every", "generations.every", "catalogue.refresh").forEach(settings::duration); // Camel takes any text for one
        Properties properties = settings.properties();
        settings.withPrefix("models." + settings.text("models.profile") + ".").keySet().forEach(key -> properties.setProperty(key, table(key)));
        properties.setProperty("prompts.concurrency", String.valueOf(concurrency));
        properties.setProperty("prompts.window", String.valueOf(window));
        settings.integer("ledger.look-ups", 1, 1_000);
        String callQueue = settings.onOff("cache.enabled") ? "cache" : "call";
        properties.setProperty("prompts.call-queue", callQueue);
        properties.setProperty("prompts.first-queue", settings.onOff("ledger.enabled") ? "look-up" : callQueue);
        properties.setProperty("costs.again", "on");
        properties.setProperty("alerts.account-watch", managementKey().present() && settings.dialect().has(Dialect.Trait.ACCOUNT) ? "on" : "off");
        return properties;
    }

    private Map<String, Integer> modelRates() {
        Map<String, Integer> rates = new TreeMap<>();
        settings.below("openrouter.rpm.").keySet().forEach(model -> rates.put(model, settings.integer("openrouter.rpm." + model, 1, 1_000_000)));
        return rates;
    }

    private Map<String, String> headers() {
        Map<String, String> headers = new TreeMap<>(Map.of("HTTP-Referer", settings.text("openrouter.site-url"), "X-Title", settings.text("openrouter.app-name")));
        headers.values().removeIf(String::isEmpty);
        return headers;
    }

    /** Values are JSON where they parse as such (true, 3, ["a"]), else text. */
    private ObjectNode provider() {
        ObjectNode provider = Json.MAPPER.createObjectNode();
        settings.below("openrouter.provider.").forEach((name, value) -> {
            JsonNode node = Json.tree(value.getBytes(StandardCharsets.UTF_8));
            provider.set(name, node.isMissingNode() ? TextNode.valueOf(value) : node);
        });
        return provider;
    }

    private Set<String> tableIds(String tables) {
        Set<String> ids = new LinkedHashSet<>();
        settings.below(tables).values().forEach(value -> ids.addAll(Settings.split(value)));
        return ids;
    }
}
