package io.promptroutes.openrouter;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/** What a service wants that speaks the chat completions of OpenAI: OpenRouter, or any other. Names in lower case are a provider's type. */
public enum Dialect {

    OPENROUTER, OPENAI;

    private static final List<String> OPENROUTERS_OWN = List.of("provider", "models", "route", "plugins", "transforms", "preset", "usage", "reasoning",
            "include_reasoning", "session_id", "trace", "cache_control", "image_config", "structured_outputs", "stop_server_tools_when", "debug");
    /** OpenAI's models that think refuse the old name of the output cap, and another temperature than their own. */
    private static final Pattern THINKING = Pattern.compile("(o[1-9]|gpt-[5-9])([.:-].*)?");
    private static final String OPENAI_AUTHOR = "openai/";

    /** Under which a listed model is called. OpenAI's open models keep their author: whoever serves them calls them so. */
    public String name(String id) {
        boolean strip = this == OPENAI && id.startsWith(OPENAI_AUTHOR) && !id.startsWith(OPENAI_AUTHOR + "gpt-oss");
        return strip ? id.substring(OPENAI_AUTHOR.length()) : id;
    }

    /** Whether the service takes the name of {@code id} for {@code asked}, which a request says. Only OpenRouter knows names by its list. */
    public boolean same(String asked, String id) {
        boolean openAis = !name(id).equals(id);
        return this == OPENROUTER || asked.equals(id) || openAis && (asked.equalsIgnoreCase(id) || asked.equalsIgnoreCase(name(id)));
    }

    /** Puts a request for OpenRouter into the words of the service. */
    void adapt(ObjectNode body) {
        if (this == OPENROUTER) {
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
            if (body.has("max_tokens")) {
                body.set("max_completion_tokens", body.remove("max_tokens"));
            }
        }
    }

    /** An address as it is given, without what is put behind it: {@code /chat/completions}, and slashes. */
    public static String baseUrl(String address) {
        return address.strip().replaceAll("/*(/chat/completions)?/*$", "");
    }

    @Override
    public String toString() {
        return name().toLowerCase(Locale.ROOT);
    }
}
