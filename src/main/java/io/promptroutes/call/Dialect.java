package io.promptroutes.call;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What a service understands that speaks the chat completions of OpenAI, as all do. Its name in lower case is the type of a provider, and a value
 * of key {@code openrouter.dialect}. A new one is a constant here, and says in what it differs from OpenAI. The words of errors, finish reasons
 * and usages are no part of it: those of all services stand in one table each, among the resources.
 */
public enum Dialect {

    OPENROUTER(Trait.values()),
    /** OpenAI itself, and every server that speaks as it does. */
    OPENAI;

    /** In what a service may be as OpenRouter is. */
    public enum Trait {
        /** It calls models by the names of OpenRouter's list: the jar's tables, fallbacks and prices are of them. */
        NAMES,
        /** Its own list of models ({@code GET /models}) tells prices and contexts. */
        PRICES,
        /** It takes whatever OpenRouter takes in a request. */
        PARAMETERS,
        /** It tells whether a key is good and what is left ({@code GET /key}, {@code GET /credits}). */
        ACCOUNT
    }

    /** As keys and providers spell them. */
    public static final List<String> TYPES = Stream.of(values()).map(Dialect::toString).toList();

    private static final List<String> OPENROUTERS_OWN = List.of("provider", "models", "route", "plugins", "transforms", "preset", "usage", "reasoning",
            "include_reasoning", "session_id", "trace", "cache_control", "image_config", "structured_outputs", "stop_server_tools_when", "debug");
    /** OpenAI's models that think refuse the old name of the output cap, and another temperature than their own. */
    private static final Pattern THINKING = Pattern.compile("(o[1-9]|gpt-[5-9])([.:-].*)?");
    /** In front of a model of OpenAI's own; its open ones keep it, since whoever serves them calls them so. */
    private static final Pattern AUTHOR = Pattern.compile("^openai/(?!gpt-oss)");

    private final Set<Trait> traits;

    Dialect(Trait... traits) {
        this.traits = Set.of(traits);
    }

    /** @param name one of {@link #TYPES} */
    public static Dialect of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    public boolean has(Trait trait) {
        return traits.contains(trait);
    }

    /** The service in messages. @param provider as the ledger knows it: {@code openrouter} where none was chosen, and keys say what is called */
    public String called(String provider) {
        String byKeys = this == OPENROUTER ? "OpenRouter" : "the service of openrouter.base-url";
        return provider.equals(OPENROUTER.toString()) ? byKeys : "provider " + provider;
    }

    /** Under which a listed model is called where names are others than OpenRouter's. */
    String name(String id) {
        return AUTHOR.matcher(id).replaceFirst("");
    }

    /** Whether the service takes the name of {@code id}, which OpenRouter lists, for {@code asked}, which a request says. */
    public boolean same(String asked, String id) {
        boolean renamed = !name(id).equals(id);
        return has(Trait.NAMES) || asked.equals(id) || renamed && (asked.equalsIgnoreCase(id) || asked.equalsIgnoreCase(name(id)));
    }

    /** The member that holds the output cap. @param model as it is called */
    String cap(String model) {
        return THINKING.matcher(model).matches() ? "max_completion_tokens" : "max_tokens";
    }

    /** Puts a request for OpenRouter into the words of the service. */
    void adapt(ObjectNode body) {
        if (has(Trait.PARAMETERS)) {
            return;
        }
        String model = name(body.path("model").asText());
        body.put("model", model);
        JsonNode effort = body.at("/reasoning/effort");
        if (effort.isTextual() && !body.hasNonNull("reasoning_effort")) {
            body.set("reasoning_effort", effort);
        }
        body.remove(OPENROUTERS_OWN);
        if (THINKING.matcher(model).matches()) {
            body.remove(List.of("temperature", "top_p"));
        }
        if (body.has("max_tokens")) {
            body.set(cap(model), body.remove("max_tokens"));
        }
    }

    /** An address as it is given, without what is put behind it: {@code /chat/completions}, and slashes. */
    public static String baseUrl(String address) {
        return address.strip().replaceAll("/*(/chat/completions)?/*$", "");
    }

    /** The name as keys and providers spell it. */
    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
