package io.promptroutes.file;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import io.promptroutes.flow.Arrival;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.InvalidPrompt;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Source;
import io.promptroutes.prompt.Writable;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/**
 * The values of a JSON array, or those that stand one after another without one, each known by its number; a text is a prompt. What is no
 * JSON, or larger than a prompt, ends the file. Takes memory for the largest prompt. For one thread.
 */
final class JsonValues extends Ahead<Arrival> {

    /** What the parser reads ahead. */
    private static final int BUFFER = 64 * 1024;

    private final String name;
    private final PromptSettings prompts;
    private final MappingIterator<JsonNode> values;
    private long number;
    /** Bytes that were read since the last value. */
    private long length;

    JsonValues(String name, InputStream in, PromptSettings prompts) throws IOException {
        this.name = name;
        this.prompts = prompts;
        values = Json.MAPPER.readerFor(JsonNode.class).readValues((InputStream) new FilterInputStream(in) {
            @Override
            public int read(byte[] bytes, int from, int most) throws IOException {
                int read = super.read(bytes, from, most);
                length += read;
                if (length - BUFFER > prompts.maxBytes()) {
                    throw new IOException("value " + number + " is larger than prompts.max-bytes");
                }
                return read;
            }
        });
    }

    @Override
    Arrival read() {
        number++;
        length = 0;
        try {
            if (!values.hasNextValue()) {
                return null;
            }
            JsonNode value = values.nextValue();
            JsonNode request = value.isTextual() ? Json.MAPPER.createObjectNode().set("prompt", value) : value;
            byte[] bytes = request.toString().getBytes(StandardCharsets.UTF_8);
            String problem = Writable.problem(request);
            return new Arrival(Source.line(name, number), null, bytes, bytes.length > prompts.maxBytes(), bytes.length,
                    prompts.format() == InputFormat.OPENAI ? InputFormat.OPENAI : InputFormat.JSON,
                    problem == null ? null : new InvalidPrompt(InvalidPrompt.INVALID_JSON, null, problem), null);
        } catch (JsonProcessingException | NumberFormatException e) { // whose message may quote the prompt
            throw new UncheckedIOException(new IOException("value " + number + " is no valid JSON"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** After a failure: the value in which it came. */
    Line torn() {
        return new Line(number, new byte[0], false, 0);
    }
}
