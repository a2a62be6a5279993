package io.promptroutes.app;

import io.promptroutes.call.ApiKey;
import io.promptroutes.call.Dialect;
import io.promptroutes.ledger.Ledger;
import io.promptroutes.ledger.Provider;
import io.promptroutes.settings.Secret;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What is called, and with which key.
 *
 * @param provider  whose answers the ledger keeps
 * @param needsKey  false for an endpoint that takes any call, such as a server of one's own
 * @param service  ours, which is stopped with it; null where somebody else's is called
 */
public record Endpoint(Settings settings, ApiKey key, String provider, boolean needsKey, Service service) implements AutoCloseable {

    /** Something that answers calls in this process. */
    public interface Service extends AutoCloseable {
        @Override
        void close();
    }

    /** Of the settings alone. */
    public static Endpoint of(Settings settings) {
        return new Endpoint(settings.with("openrouter.base-url", settings.address("openrouter.base-url")),
                new ApiKey(Secret.of(settings.text(Settings.API_KEY))), "openrouter", true, null);
    }

    /** What `providers use` chose, unless the simulator, the environment or the command line say what to call. */
    public Endpoint chosen(Ledger ledger) {
        if (ledger == null || service != null || settings.given("openrouter.base-url")) {
            return this;
        }
        return ledger.providers().used().map(this::of).orElse(this);
    }

    /** One of the providers of the ledger, with the other settings of this one. @throws UsageException where there is none of that id */
    public Endpoint named(Ledger ledger, String id) {
        List<Provider> all = ledger == null ? List.of() : ledger.providers().list();
        return all.stream().filter(one -> one.id().equals(id)).findFirst().map(this::of).orElseThrow(() -> new UsageException("no provider is called " + id
                + (ledger == null ? ", for there is no ledger (keys ledger.*)" : all.isEmpty() ? "; `providers add` adds one" : "; there are " + all.stream().map(Provider::id).collect(Collectors.joining(", ")))));
    }

    private Endpoint of(Provider used) {
        return new Endpoint(settings.with("openrouter.base-url", Dialect.baseUrl(used.endpoint())).with("openrouter.dialect", used.type()),
                new ApiKey(Secret.of(used.configuration().getOrDefault(Provider.KEY, ""))), used.id(), used.configuration().containsKey(Provider.KEY), null);
    }

    /** Fails where a key is needed and there is none. */
    public Endpoint withKey() {
        if (needsKey && !key.present()) {
            close();
            throw new UsageException("there is no API key. Either set OPENROUTER_API_KEY (keys: https://openrouter.ai/keys), "
                    + "or add --simulate to try it without one");
        }
        return this;
    }

    @Override
    public void close() {
        if (service != null) {
            service.close();
        }
    }
}
