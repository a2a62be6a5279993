package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What an operator decides about reading prompts.
 *
 * @param maxBytes    the longest input of one prompt, and the longest text that a template makes, in bytes
 * @param system      the system message of requests that bring none, or null
 * @param template    the prompt of records, or null
 * @param data        whether what comes in is data for the template alone; else it is a request, and the template is for those without a prompt
 * @param tasks       that a request can name
 * @param passthrough fields that are sent though OpenRouter is not known to have them
 * @param defaults    fields of requests that do not say them; those by which models are chosen count as one. No line of OpenAI's Batch API has any of them
 * @param tenants     whether the request's own {@code tenant} pays; else the default's does
 * @param within      times within which batches may be asked to be through, such as 24h; the first is that of a request which names none
 */
public record PromptSettings(int maxBytes, Template system, Template template, InputFormat format, boolean data, List<String> tasks,
        Set<String> passthrough, ObjectNode defaults, boolean tenants, List<String> within) {

    /** What templates know a plain text by. */
    static final String TEXT = "text";

    public PromptSettings {
        if (maxBytes < 1) {
            throw new IllegalArgumentException("the longest prompt must be at least 1 byte, not " + maxBytes);
        }
        if (data && template == null) {
            throw new IllegalArgumentException("data needs a template");
        }
        passthrough = Set.copyOf(passthrough);
        within = List.copyOf(within);
    }

    /** Without defaults, where requests say who pays. */
    public PromptSettings(int maxBytes, Template system, Template template, InputFormat format, boolean data, List<String> tasks, Set<String> passthrough) {
        this(maxBytes, system, template, format, data, tasks, passthrough, Json.MAPPER.createObjectNode(), true, List.of(Prompt.WITHIN));
    }

    /** The same with other times within which batches may be asked to be through. */
    public PromptSettings within(List<String> times) {
        return new PromptSettings(maxBytes, system, template, format, data, tasks, passthrough, defaults, tenants, times);
    }

    /** The same with defaults of a pipeline. @param more fields that are sent, beside those that are */
    public PromptSettings with(ObjectNode fields, boolean tenantsOfRequests, Set<String> more) {
        Set<String> through = new HashSet<>(passthrough);
        through.addAll(more);
        return new PromptSettings(maxBytes, system, template, format, data, tasks, through, fields, tenantsOfRequests, within);
    }

    /** The same with templates of a pipeline. @param asData whether what comes in is data for them alone */
    public PromptSettings with(Template prompt, Template systemMessage, boolean asData) {
        return new PromptSettings(maxBytes, systemMessage == null ? system : systemMessage, prompt == null ? template : prompt, asData ? InputFormat.AUTO : format, asData, tasks, passthrough,
                defaults, tenants, within);
    }

    /** Of requests, whatever comes in. */
    public PromptSettings withoutTemplates() {
        return new PromptSettings(maxBytes, null, null, format, false, tasks, passthrough, defaults, tenants, within);
    }

    /** Whether its prompts may wait for batches, unless a request says otherwise. */
    public boolean waits() {
        return ServiceTier.asked(defaults) == ServiceTier.BATCH;
    }

    /** Whether a plain text may come in: as a request always, as a record where a template names it. */
    boolean texts() {
        return !data || template.takesText() || system != null && system.takesText();
    }

    /** The field of a record, or of a request, that a plain text is. */
    public String textField() {
        return data ? TEXT : "prompt";
    }

    /** Null for a blank text. */
    public static Template template(String text) {
        return text == null || text.isBlank() ? null : new Template(text);
    }
}
