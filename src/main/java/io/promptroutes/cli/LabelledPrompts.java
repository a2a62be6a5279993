package io.promptroutes.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Task;
import io.promptroutes.settings.UsageException;
import io.promptroutes.training.Learner.Example;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** Reads prompts whose task is known: JSONL with {@code prompt}, {@code label} and, if wanted, {@code source}. */
final class LabelledPrompts {

    private LabelledPrompts() {
    }

    /** @throws UsageException that names the file and line which cannot be used */
    static List<Example> read(Path file) {
        try {
            List<String> lines = Files.readAllLines(file);
            List<Example> examples = new ArrayList<>(lines.size());
            for (int i = 0; i < lines.size(); i++) {
                if (!lines.get(i).isBlank()) {
                    examples.add(example(lines.get(i), file + ":" + (i + 1)));
                }
            }
            if (examples.isEmpty()) {
                throw new UsageException(file + " has no prompts");
            }
            return examples;
        } catch (IOException e) {
            throw new UsageException(file + " cannot be read: " + e.getMessage(), e);
        }
    }

    private static Example example(String line, String place) {
        try {
            JsonNode row = Json.MAPPER.readTree(line);
            if (row.path("prompt").isTextual() && row.path("label").isTextual()) {
                return new Example(row.path("prompt").textValue(), Task.valueOf(row.path("label").textValue().toUpperCase(Locale.ROOT)),
                        row.path("source").textValue());
            }
            throw new UsageException(place + ": prompt and label must be there, as texts");
        } catch (JsonProcessingException e) {
            throw new UsageException(place + " is not JSON: " + e.getOriginalMessage(), e);
        } catch (IllegalArgumentException e) {
            throw new UsageException(place + ": a label is one of " + Arrays.toString(Task.values()), e);
        }
    }
}
