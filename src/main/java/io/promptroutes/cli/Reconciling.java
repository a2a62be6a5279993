package io.promptroutes.cli;

import io.promptroutes.app.Endpoint;
import io.promptroutes.call.ApiKey;
import io.promptroutes.call.Dialect;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.model.Usd;
import io.promptroutes.ops.Reconciliation;
import io.promptroutes.ops.Reconciliation.Difference;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.Secret;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Clock;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;

/**
 * {@code costs --reconcile}: asks OpenRouter what it lists for the key, and holds the ledger against it.
 *
 * @param allKeys whether what is listed for any key of the account counts
 */
record Reconciling(Endpoint endpoint, Ledger ledger, boolean allKeys, Clock clock, PrintWriter err) {

    /** A call that was claimed behind this minute may be the next day's there. */
    private static final String DAY_ENDS = "23:50";

    /** Empty where both say the same. @param since the first day @throws UsageException where OpenRouter cannot be asked, or does not answer */
    List<Difference> differences(LocalDate since) {
        LocalDate today = LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
        LocalDate from = since.isBefore(today.minusDays(Reconciliation.DAYS)) ? today.minusDays(Reconciliation.DAYS) : since;
        Catalogue catalogue = Catalogue.shipped();
        new CatalogueCopy(Path.of(endpoint.settings().text("catalogue.copy"))).load(catalogue);
        Reconciliation books = new Reconciliation(from, today.minusDays(1), catalogue::plain);
        int unreadable = books.openRouter(activity().body());
        LocalDate before = from.minusDays(Reconciliation.BATCH_DAYS);
        books.ledger(ledger.figures().uses(before), ledger.figures().dayEnds(before, DAY_ENDS));
        List<Difference> differences = books.differences();
        long open = differences.stream().filter(Difference::unexplained).count();
        err.println("prompt-routes: finished days from " + from + " to " + today.minusDays(1) + ": $" + Usd.plain(books.ledgerUsd()) + " in the ledger, $"
                + Usd.plain(books.openRouterUsd()) + " at OpenRouter" + (allKeys || !endpoint.key().present() ? " (all keys)" : " (this key)") + ". "
                + (differences.isEmpty() ? "No difference." : differences.size() + " differences, of which " + open + " are not explained."));
        if (unreadable > 0) {
            err.println("prompt-routes: " + unreadable + " rows of OpenRouter's cannot be read, and are left out");
        }
        return differences;
    }

    private OpenRouterApi.Reply activity() {
        Settings settings = endpoint.settings();
        ApiKey management = new ApiKey(Secret.of(settings.text(Settings.MANAGEMENT_KEY)));
        if (!settings.dialect().has(Dialect.Trait.ACCOUNT)) {
            throw new UsageException("--reconcile is for OpenRouter: no other service lists what was used by day (GET /activity)");
        }
        if (!management.present()) {
            throw new UsageException("--reconcile needs a management key, which alone may read what was used: set OPENROUTER_MANAGEMENT_KEY (key " + Settings.MANAGEMENT_KEY + ")");
        }
        String which = allKeys || !endpoint.key().present() ? "" : "?api_key_hash=" + endpoint.key().hash();
        try {
            OpenRouterApi.Reply reply = new OpenRouterApi(settings, management).get("/activity" + which);
            if (reply.status() == 200 && reply.body().path("data").isArray()) {
                return reply;
            }
            throw new UsageException("GET /activity was answered with HTTP " + reply.status() + ": " + Shown.of(reply.body().path("error").path("message").asText("no message"), Shown.NAME)
                    + (reply.status() == 401 || reply.status() == 403 ? " (is " + Settings.MANAGEMENT_KEY + " a management key?)" : ""));
        } catch (IOException e) {
            throw new UsageException("OpenRouter cannot be reached: " + e.getMessage(), e);
        }
    }
}
