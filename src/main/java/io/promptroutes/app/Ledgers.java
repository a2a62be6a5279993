package io.promptroutes.app;

import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.LedgerSettings;
import io.promptroutes.ledger.LedgerUnavailable;
import io.promptroutes.settings.BudgetSettings;
import io.promptroutes.settings.Secret;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Opens the ledger that the settings name. */
public final class Ledgers {

    private Ledgers() {
    }

    /**
     * @param instance a name that this process has after a restart too, and no other while it runs; null for a new one
     * @return null where it is switched off
     */
    public static Ledger open(Settings settings, String instance) {
        if (!settings.onOff("ledger.enabled")) {
            return null;
        }
        try {
            Ledger ledger = Ledger.open(where(settings, instance));
            ledger.limits(new BudgetSettings(settings).limits());
            return ledger;
        } catch (LedgerUnavailable | IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    /** What is older than the settings keep goes from now on. @param ledger null for none */
    public static void keep(Ledger ledger, Settings settings) {
        if (ledger != null) {
            ledger.keep(settings.duration("ledger.keep"), settings.duration("cache.ttl"));
        }
    }

    /** For a look at the providers: null where there is none yet. */
    public static Ledger openIfThere(Settings settings) {
        try {
            return exist(settings) ? open(settings, null) : null;
        } catch (UsageException unreadable) {
            return null;
        }
    }

    /** Whether there may be one, with providers in it, without opening it. */
    public static boolean exist(Settings settings) {
        return !settings.text("ledger.url").isEmpty() || Files.isDirectory(Path.of(settings.text("ledger.directory")));
    }

    /** Whether a call of unknown outcome makes its prompt a dead letter. */
    public static boolean hold(Settings settings) {
        return settings.choice("ledger.ambiguous", List.of("retry", "hold")).equals("hold");
    }

    private static LedgerSettings where(Settings settings, String instance) {
        String url = settings.text("ledger.url");
        Duration lease = settings.duration("ledger.lease");
        boolean storeText = settings.onOff("ledger.store-text");
        if (url.isEmpty()) {
            return new LedgerSettings(Path.of(settings.text("ledger.directory")), null, null, null, instance, lease, storeText, null);
        }
        String user = settings.text("ledger.user");
        String password = settings.text("ledger.password");
        return new LedgerSettings(null, url, user.isEmpty() ? null : user, password.isEmpty() ? null : Secret.of(password), instance, lease, storeText, null);
    }
}
