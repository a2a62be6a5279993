package io.promptroutes.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import io.promptroutes.flow.Inbound;
import io.promptroutes.prompt.InputFormat;
import io.promptroutes.prompt.PromptSettings;
import io.promptroutes.prompt.Source;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;

/**
 * The values of JSON arrays, or those that stand one after another without one, each known by its number; a text is a prompt. What is no JSON
 * ends the file, and so does a single text that is longer than a prompt. Takes memory for the largest prompt. For one thread.
 */
final class JsonValues extends Ahead<Inbound> {

    /** What is deeper, or has more digits, is refused where requests are read, and only for itself. */
    private static final int DEEPEST = 100_000;
    /** Beyond it are the halves of characters, which UTF-8 cannot hold. */
    private static final int LAST_OF_ONE_PART = 0xD7FF;

    private final String name;
    private final PromptSettings prompts;
    private final JsonParser parser;
    private final JsonFactory json;
    private long number;

    JsonValues(String name, InputStream in, PromptSettings prompts) throws IOException {
        this.name = name;
        this.prompts = prompts;
        json = new JsonFactoryBuilder().highestNonEscapedChar(LAST_OF_ONE_PART).streamReadConstraints(StreamReadConstraints.builder()
                        .maxStringLength(prompts.maxBytes()).maxNumberLength(prompts.maxBytes()).maxNestingDepth(DEEPEST).build())
                .streamWriteConstraints(StreamWriteConstraints.builder().maxNestingDepth(DEEPEST).build()).build();
        parser = json.createParser(in);
    }

    @Override
    Inbound read() {
        number++;
        try {
            JsonToken begin = parser.nextToken();
            while (begin == JsonToken.END_ARRAY || begin == JsonToken.START_ARRAY && parser.getParsingContext().getParent().inRoot()) {
                begin = parser.nextToken();
            }
            return begin == null ? null : value();
        } catch (JsonProcessingException e) { // whose message may quote the prompt
            throw new UncheckedIOException(new IOException("value " + number + " is no valid JSON, or has a text larger than prompts.max-bytes"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Inbound value() throws IOException {
        ByteArrayOutputStream copy = new ByteArrayOutputStream();
        long from = parser.currentTokenLocation().getByteOffset();
        try (JsonGenerator out = json.createGenerator(copy)) { // which closes what is open
            if (parser.currentToken() == JsonToken.VALUE_STRING) {
                out.writeStartObject();
                out.writeFieldName(prompts.textField());
            }
            int depth = 0;
            do {
                if (copy.size() <= prompts.maxBytes()) {
                    if (parser.currentToken().isNumeric()) {
                        out.writeNumber(parser.getText()); // as it is written
                    } else {
                        out.copyCurrentEvent(parser);
                    }
                }
                depth += parser.currentToken().isStructStart() ? 1 : parser.currentToken().isStructEnd() ? -1 : 0;
            } while (depth > 0 && parser.nextToken() != null);
        }
        boolean tooLong = copy.size() > prompts.maxBytes();
        byte[] bytes = copy.toByteArray();
        return new Inbound(Source.line(name, number), null, tooLong ? Arrays.copyOf(bytes, Math.min(bytes.length, LineReader.HEAD)) : bytes, tooLong,
                tooLong ? parser.currentLocation().getByteOffset() - from : bytes.length,
                prompts.format() == InputFormat.OPENAI ? InputFormat.OPENAI : InputFormat.JSON, null);
    }

    /** After a failure: the value in which it came. */
    Line torn() {
        return new Line(number, new byte[0], false, 0);
    }
}
