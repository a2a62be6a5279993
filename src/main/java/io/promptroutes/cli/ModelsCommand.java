package io.promptroutes.cli;

import io.promptroutes.app.Endpoint;
import io.promptroutes.call.Dialect;
import io.promptroutes.model.Catalogue;
import io.promptroutes.model.CatalogueCopy;
import io.promptroutes.model.Model;
import io.promptroutes.model.PriceList;
import io.promptroutes.model.Usd;
import io.promptroutes.ops.ModelCheck;
import io.promptroutes.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Command {@code models}: the models of the tables in use, their prices, and where each figure comes from. */
@Command(name = "models", description = "Shows the model tables in use with today's prices, and which models OpenRouter no longer lists.")
final class ModelsCommand extends ConfiguredCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        Settings settings = settings();
        try (Endpoint endpoint = endpoint(settings)) {
            Catalogue catalogue = Catalogue.shipped();
            new CatalogueCopy(Path.of(endpoint.settings().text("catalogue.copy"))).load(catalogue);
            PrintWriter out = out();
            out.println("profile " + settings.text("models.profile") + "; prices: " + refresh(catalogue, endpoint));
            out.println();
            out.printf("%-44s %12s %12s %9s  %s%n", "model", "in $/M", "out $/M", "context", "used for");
            PriceList prices = new PriceList(catalogue, settings.withPrefix("prices."));
            ModelCheck.uses(settings).forEach((id, uses) -> out.println(row(id, uses, catalogue, prices)));
            return ExitCodes.ANSWERED;
        }
    }

    private static String refresh(Catalogue catalogue, Endpoint endpoint) {
        try {
            OpenRouterApi.Reply reply = new OpenRouterApi(endpoint.settings(), endpoint.key()).get("/models");
            if (reply.status() == 200 && endpoint.settings().dialect().has(Dialect.Trait.PRICES)) {
                catalogue.refresh(reply.bytes(), Instant.now());
                return "of OpenRouter, now";
            }
        } catch (IOException | IllegalArgumentException e) {
            // told by what follows
        }
        return "of the copy in the jar, " + catalogue.asOf() + " (the service could not be reached, or its list has no prices)";
    }

    private static String row(String id, String uses, Catalogue catalogue, PriceList prices) {
        Model model = catalogue.find(id).orElse(null);
        PriceList.Entry entry = prices.of(id);
        String note = model != null ? uses
                : "NOT LISTED" + catalogue.successorOf(id).map(other -> ", perhaps use " + other).orElse("") + "; " + uses;
        return String.format(Locale.ROOT, "%-44s %12s %12s %9s  %s", id, perMillion(entry.price().prompt()),
                perMillion(entry.price().completion()), model == null || model.contextLength() == null ? "?" : model.contextLength(), note);
    }

    private static String perMillion(BigDecimal perToken) {
        return perToken == null ? "?" : Usd.plain(perToken.movePointRight(6));
    }
}
