package io.promptroutes.ops;

import io.promptroutes.call.ApiKey;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.PriceList;
import io.promptroutes.settings.BudgetSettings;
import io.promptroutes.settings.DetectionSettings;
import io.promptroutes.settings.Finding;
import io.promptroutes.settings.RouteSettings;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** All that is wrong with the values of keys, without a network: by the same readers that a run has, which go on after a wrong one. */
public final class SettingsCheck {

    private static final List<String> FAMILIES = List.of("models.", "tasks.", "detection.keywords.", "simulator.");
    /** In a key: the name of a task. */
    private static final Pattern TASK = Pattern.compile("^(?:tasks|detection\\.keywords|models\\.[^.]+\\.smart)\\.([^.]+)");
    /** Whatever values there are for others of the kind, these are read by nobody before they are needed. */
    private static final Map<String, List<String>> CHOICES = Map.of("kafka.offset-reset", List.of("earliest", "latest"),
            "ledger.ambiguous", List.of("retry", "hold"),
            "logs.format", List.of("text", "json"), "tracing.enabled", List.of("auto", "on", "off"));

    private final Settings shipped = Settings.ofTheJar();
    private final Consumer<Finding> found;
    private final Set<String> told = new HashSet<>();
    private final Settings settings;

    /** @param given not changed */
    private SettingsCheck(Settings given, Consumer<Finding> found) {
        this.found = found;
        settings = given.telling(this::tell);
    }

    private void tell(Finding finding) {
        if (told.add(finding.what())) {
            found.accept(finding);
        }
    }

    /** @return the same settings, from which a value can be read whether it can be used or not */
    public static Settings check(Settings given, boolean simulate, Consumer<Finding> found) {
        SettingsCheck check = new SettingsCheck(given, found);
        Settings known = check.prices(check.profile() ? check.settings : check.settings.with("models.profile", "current"));
        RouteSettings routes = new RouteSettings(known, new ApiKey(() -> null));
        List<Runnable> readers = List.of(() -> known.address("openrouter.base-url"), () -> routes.options(null), routes::properties, routes::prompts, routes::longest,
                () -> routes.intake(true), () -> new BudgetSettings(known), () -> Probes.port(known), () -> CHOICES.forEach(known::choice));
        readers.forEach(reader -> check.read(reader, true));
        if (!known.shipped("detection.lexicon") || !known.shipped("detection.concepts")) {
            check.read(routes.detection()::detector, true);
        }
        check.read(() -> SimulatorSettings.of(known.telling(finding -> check.tell(new Finding(simulate, finding.what(), finding.where(), finding.todo())))), simulate);
        check.read(() -> new KeyOrigins(known, Map.of()).missing(check::tell), true);
        check.kinds();
        check.families();
        check.together();
        return known;
    }

    private void read(Runnable reader, boolean mend) {
        try {
            reader.run();
        } catch (UsageException | IllegalArgumentException e) {
            found.accept(new Finding(mend, e.getMessage(), "", ""));
        }
    }

    private Settings prices(Settings known) {
        Settings readable = known;
        for (Map.Entry<String, String> price : known.withPrefix("prices.").entrySet()) {
            try {
                new PriceList(Catalogue.shipped(), Map.ofEntries(price));
            } catch (IllegalArgumentException e) {
                known.refuse(price.getKey(), "IN/OUT in US dollars per million tokens, such as 0.25/1.00");
                readable = readable.with(price.getKey(), "0/0");
            }
        }
        return readable;
    }

    /** A profile of one's own has to have each list and set, and the smart table's row that holds where a task has none. */
    private boolean profile() {
        String profile = settings.text("models.profile");
        Set<String> cells = settings.below("models." + profile + ".").keySet();
        Set<String> missing = new TreeSet<>(shipped.below("models.current.").keySet());
        missing.removeIf(cell -> cells.contains(cell) || cell.startsWith("smart.") && !cell.startsWith("smart.general."));
        if (cells.isEmpty()) {
            settings.refuse("models.profile", "a profile, but there are no keys models." + profile + ".*");
        } else if (!missing.isEmpty()) {
            found.accept(Finding.fault("profile " + profile + " has no " + missing.stream().limit(5).collect(Collectors.joining(", "))
                    + (missing.size() > 5 ? " and " + (missing.size() - 5) + " more" : ""), settings.where("models.profile"),
                    "set keys models." + profile + ".* for them, as models.current.* has"));
        }
        return missing.isEmpty();
    }

    /** A value is of the kind that the shipped one is of, whoever reads it. */
    private void kinds() {
        for (String key : shipped.keys()) {
            String value = shipped.text(key);
            if (settings.shipped(key) || key.equals("publish.retries") || FAMILIES.stream().anyMatch(key::startsWith)) {
                continue;
            }
            if (value.matches("on|off")) {
                settings.onOff(key);
            } else if (value.matches("\\d+(ms|s|m|h|d)")) {
                settings.duration(key);
            } else if (value.matches("\\d+")) {
                if (!settings.text(key).isEmpty()) { // as a port may be
                    settings.integer(key, 0, key.endsWith(".port") ? 65_535 : Integer.MAX_VALUE);
                }
            } else if (value.matches("\\d+\\.\\d+")) {
                settings.amount(key);
            }
        }
    }

    /** Keys that a user may add to, where the name is most probably a slip: no shipped route asks for it. */
    private void families() {
        DetectionSettings detection = new DetectionSettings(settings);
        Set<String> tasks = new HashSet<>(detection.tasks());
        Set<String> known = new HashSet<>();
        shipped.keys().forEach(key -> tasks.forEach(task -> known.add(key.replaceFirst("^(tasks|detection\\.keywords|models\\.current\\.smart)\\.code\\b", "$1." + task))));
        List<String> cells = known.stream().filter(key -> key.startsWith("models.current.")).map(key -> key.substring("models.current.".length())).toList();
        Set<String> profiles = settings.below("models.").keySet().stream().filter(key -> key.contains(".")).map(key -> key.substring(0, key.indexOf('.')))
                .collect(Collectors.toSet());
        profiles.forEach(profile -> cells.forEach(cell -> known.add("models." + profile + "." + cell)));
        settings.keys().stream().filter(key -> !settings.shipped(key) && FAMILIES.stream().anyMatch(key::startsWith) && !known.contains(key))
                .filter(key -> !key.startsWith("models.alias."))
                .forEach(key -> {
                    Matcher task = TASK.matcher(key);
                    found.accept(task.find() && !tasks.contains(task.group(1)) ? detection.unknown(task.group(1), key) : settings.unknown(key, known, false));
                });
    }

    /** Values that are right each by itself. */
    private void together() {
        boolean ledger = settings.onOff("ledger.enabled");
        if (settings.list("pipelines").contains("inbox") && settings.text("inbox.directory").isEmpty()) {
            found.accept(Finding.fault("key pipelines names inbox, and key inbox.directory names no folder", settings.where("pipelines"), "set inbox.directory"));
        }
        if (!settings.text("inbox.directory").isEmpty() && !ledger) {
            found.accept(Finding.fault("key inbox.directory needs the ledger, which key ledger.enabled has switched off", settings.where("ledger.enabled"),
                    "set ledger.enabled=on: without it a file could not be continued"));
        }
        if (!ledger && new BudgetSettings(settings).limited()) {
            found.accept(Finding.fault("a budget is set (keys budget.*), but none holds while key ledger.enabled is off", settings.where("ledger.enabled"),
                    "set ledger.enabled=on, or take the budgets out"));
        }
        String url = settings.text("ledger.url");
        if (!url.isEmpty() && !url.startsWith("jdbc:postgresql:")) {
            settings.refuse("ledger.url", "empty, or begin with jdbc:postgresql:");
        }
        settings.topics("prompts").stream().filter(topic -> settings.published().contains(topic)).forEach(topic -> found.accept(
                Finding.fault("topic " + topic + " is both read and written", "keys kafka.topic.*",
                        "name another one: what is published would come in again as a prompt")));
    }
}
