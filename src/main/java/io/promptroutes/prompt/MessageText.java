package io.promptroutes.prompt;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/**
 * A text of a message: its content, or a part of that.
 *
 * @param holder what it stands in, where another one can be put
 * @param field  of the holder
 */
public record MessageText(ObjectNode holder, String field) {

    /** In their order; pictures and the like have none. */
    public static List<MessageText> of(JsonNode message) {
        if (message.path("content").isTextual()) {
            return List.of(new MessageText((ObjectNode) message, "content"));
        }
        return message.path("content").valueStream().filter(part -> part.path("text").isTextual())
                .map(part -> new MessageText((ObjectNode) part, "text")).toList();
    }

    public String text() {
        return holder.get(field).textValue();
    }
}
