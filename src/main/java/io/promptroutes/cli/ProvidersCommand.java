package io.promptroutes.cli;

import io.promptroutes.call.ApiKey;
import io.promptroutes.call.Dialect;
import io.promptroutes.ledger.Provider;
import io.promptroutes.prompt.OwnerOnly;
import io.promptroutes.settings.Secret;
import io.promptroutes.settings.Settings;
import io.promptroutes.settings.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Command {@code providers}: endpoints that may be called, in the ledger's table {@code llm_providers}. One is used at a time. */
@Command(name = "providers", description = "Adds, lists, tests and chooses the endpoints that are called, each of which speaks as OpenRouter or OpenAI does.")
final class ProvidersCommand extends ConfiguredCommand {

    @Command(name = "add", mixinStandardHelpOptions = true, description = "Adds an endpoint, or replaces the one of that id.")
    int add(@Parameters(paramLabel = "ID") String id,
            @Option(names = "--url", required = true, paramLabel = "URL", description = "Its base address, such as https://host/v1.") String url,
            @Option(names = "--key", paramLabel = "KEY", description = "env:NAME or file:PATH; a key itself is put into a file of its own.") String key,
            @Option(names = "--name", paramLabel = "NAME") String name,
            @Option(names = "--type", defaultValue = "openai", description = "What it speaks: ${COMPLETION-CANDIDATES}; ${DEFAULT-VALUE} where none is given.") Dialect type) {
        if (!Settings.isAddress(url)) {
            throw new UsageException("--url " + url + " is not an address that begins with http:// or https://");
        }
        return withLedger((ledger, settings) -> {
            Map<String, String> configuration = new HashMap<>();
            if (key != null) {
                configuration.put(Provider.KEY, reference(id, key, Path.of(settings.text("ledger.directory"))));
            }
            ledger.providers().add(new Provider(id, name == null ? id : name, type.toString(), Dialect.baseUrl(url), configuration, true, false)).join();
            out().println("added " + id + "; `providers use " + id + "` makes it the one that is called");
            return ExitCodes.ANSWERED;
        });
    }

    @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the endpoints.")
    int list() {
        return withLedger((ledger, settings) -> {
            ledger.providers().list().forEach(one -> out().printf("%s %-16s %-10s %s  key %s%n", one.active() && one.isDefault() ? "*" : " ",
                    one.id(), one.type(), one.endpoint(), one.configuration().getOrDefault(Provider.KEY, "none")));
            return ExitCodes.ANSWERED;
        });
    }

    @Command(name = "use", mixinStandardHelpOptions = true, description = "Makes an endpoint the one that is called.")
    int use(@Parameters(paramLabel = "ID") String id) {
        return withLedger((ledger, settings) -> told(ledger.providers().use(id).join(), id, "is used now"));
    }

    @Command(name = "remove", mixinStandardHelpOptions = true, description = "Removes an endpoint, and the file that a literal key was put into.")
    int remove(@Parameters(paramLabel = "ID") String id) {
        return withLedger((ledger, settings) -> {
            boolean removed = ledger.providers().remove(id).join();
            try {
                Files.deleteIfExists(keyFile(id, Path.of(settings.text("ledger.directory"))));
            } catch (IOException e) {
                throw new UsageException(id + " is removed, but its key is not: " + e.getMessage(), e);
            }
            return told(removed, id, "is removed");
        });
    }

    @Command(name = "test", mixinStandardHelpOptions = true, description = "Asks an endpoint for its models.")
    int test(@Parameters(paramLabel = "ID") String id) {
        return withLedger((ledger, settings) -> {
            Provider provider = ledger.providers().list().stream().filter(one -> one.id().equals(id)).findFirst()
                    .orElseThrow(() -> new UsageException("there is no provider " + id));
            ApiKey key = new ApiKey(Secret.of(provider.configuration().getOrDefault(Provider.KEY, "")));
            try {
                OpenRouterApi.Reply reply = new OpenRouterApi(settings.with("openrouter.base-url", Dialect.baseUrl(provider.endpoint())), key).get("/models");
                out().println(id + ": HTTP " + reply.status() + (reply.body().isMissingNode() ? "" : ", " + reply.body().path("data").size() + " models"));
                return reply.status() == 200 ? ExitCodes.ANSWERED : ExitCodes.STOPPED;
            } catch (IOException e) {
                out().println(id + ": cannot be reached: " + e.getMessage());
                return ExitCodes.STOPPED;
            }
        });
    }

    private int told(boolean found, String id, String what) {
        if (!found) {
            throw new UsageException("there is no provider " + id);
        }
        out().println(id + " " + what);
        return ExitCodes.ANSWERED;
    }

    /** A literal key is accepted, and shown by nothing ever again: the table holds where it is. */
    private String reference(String id, String key, Path directory) {
        if (key.startsWith("env:") || key.startsWith("file:")) {
            return key;
        }
        Path file = keyFile(id, directory);
        try {
            OwnerOnly.folder(directory);
            Files.deleteIfExists(file);
            Files.writeString(OwnerOnly.file(file), key);
        } catch (IOException e) {
            throw new UsageException("the key cannot be put into " + file + ": " + e.getMessage() + "; give a reference instead: env:NAME or file:PATH");
        }
        err().println("prompt-routes: a key on the command line is in your shell's history; env:NAME or file:PATH is safer. "
                + "It is kept in " + file);
        return "file:" + file.toAbsolutePath();
    }

    private static Path keyFile(String id, Path directory) {
        return directory.resolve(id.replaceAll("[^A-Za-z0-9._-]", "_") + ".key");
    }
}
