package io.promptroutes.cli;

import io.promptroutes.app.Endpoint;
import io.promptroutes.app.Ledgers;
import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.call.ApiKey;
import io.promptroutes.call.Dialect;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.model.Usd;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Shown;
import io.promptroutes.settings.Secret;
import io.promptroutes.settings.Settings;
import java.io.IOException;
import java.io.PrintWriter;
import java.math.BigDecimal;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Command {@code test}: is OpenRouter there, is the key good, and what may it spend. Costs nothing. */
@Command(name = "test", description = "Checks that OpenRouter answers, that the key is good, and what the key may spend. Costs nothing.")
final class TestCommand extends ConfiguredCommand implements Callable<Integer> {

    @Override
    public Integer call() {
        Settings settings = settings();
        try (Endpoint configured = endpoint(settings);
                Ledger ledger = Ledgers.openIfThere(settings);
                Endpoint endpoint = configured.chosen(ledger).withKey()) {
            PrintWriter out = out();
            OpenRouterApi api = new OpenRouterApi(endpoint.settings(), endpoint.key());
            out.println("service   " + endpoint.settings().text("openrouter.base-url"));
            try {
                OpenRouterApi.Reply models = api.get("/models");
                out.println("models    " + (models.status() == 200 ? models.body().path("data").size() + " listed"
                        : "HTTP " + models.status()));
                if (!endpoint.settings().dialect().has(Dialect.Trait.ACCOUNT)) {
                    return models.status() == 200 ? ExitCodes.ANSWERED : ExitCodes.STOPPED; // it knows no GET /key
                }
                account(endpoint.settings(), out);
                return key(api.get("/key"), out);
            } catch (IOException e) {
                out.println("service   cannot be reached: " + e.getMessage());
                return ExitCodes.STOPPED;
            }
        }
    }

    /** What the account has left, where there is a management key: no other may ask. */
    private static void account(Settings settings, PrintWriter out) throws IOException {
        ApiKey management = new ApiKey(Secret.of(settings.text(Settings.MANAGEMENT_KEY)));
        if (!management.present()) {
            return;
        }
        OpenRouterApi.Reply reply = new OpenRouterApi(settings, management).get("/credits");
        JsonNode data = reply.body().path("data");
        BigDecimal left = Usd.left(data.path("total_credits"), data.path("total_usage"));
        out.println("account   " + (left != null ? "$" + left.toPlainString() + " left (GET /credits)"
                : "HTTP " + reply.status() + " to GET /credits: is openrouter.management-key a management key?"));
    }

    private static int key(OpenRouterApi.Reply reply, PrintWriter out) {
        if (reply.status() != 200) {
            out.println("key       refused with HTTP " + reply.status() + ": " + Shown.of(reply.body().path("error").path("message").asText("no message"), Shown.NAME)
                    + (reply.status() == 401 ? ". Make a new one at https://openrouter.ai/keys" : ""));
            return ExitCodes.STOPPED;
        }
        JsonNode data = reply.body().path("data");
        out.println("key       good, " + Shown.of(data.path("label").asText("no label"), Shown.NAME));
        out.println("limit     " + money(data.path("limit"), "none of its own"));
        out.println("left      " + money(data.path("limit_remaining"), "whatever the account's credit allows"));
        out.println("used      " + money(data.path("usage"), "unknown") + ", today " + money(data.path("usage_daily"), "unknown")
                + ", this month " + money(data.path("usage_monthly"), "unknown"));
        if (data.path("is_free_tier").asBoolean()) {
            out.println("note      free tier: no credit was ever bought, so 50 calls of free models a day");
        }
        if (data.path("is_management_key").asBoolean()) {
            out.println("key       is a management key, which cannot call models");
            return ExitCodes.STOPPED;
        }
        return ExitCodes.ANSWERED;
    }

    private static String money(JsonNode amount, String none) {
        BigDecimal usd = Json.number(amount);
        return usd == null ? none : "$" + usd.toPlainString();
    }
}
