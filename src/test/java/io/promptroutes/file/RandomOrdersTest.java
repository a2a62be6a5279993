package io.promptroutes.file;

import static org.assertj.core.api.Assertions.assertThat;

import io.promptroutes.prompt.Json;
import io.promptroutes.prompt.Source;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.commons.io.FileUtils;

/** Lines come in any order, some twice, some of no place or no id; they get the order that a sort in memory gives them. */
class RandomOrdersTest {

    private static final List<String> FILES = List.of("b.jsonl", "a.jsonl");

    private static Path folder;

    @BeforeContainer
    static void make() throws IOException {
        folder = Files.createTempDirectory("orders");
    }

    @AfterContainer
    static void remove() throws IOException {
        FileUtils.deleteDirectory(folder.toFile());
    }

    @Property(tries = 10_000, seed = "20261130")
    void entriesOfTwoSortsComeInOneOrder(@ForAll long seed, @ForAll @IntRange(max = 40) int count, @ForAll @IntRange(min = 1, max = 12) int inMemory)
            throws IOException {
        Random random = new Random(seed);
        List<long[]> added = new ArrayList<>();
        List<long[]> merged = new ArrayList<>();
        try (SortFile file = new SortFile(folder.resolve("sorts"), inMemory)) {
            List<SortFile.Sort> sorts = List.of(file.new Sort(), file.new Sort());
            SortFile.Sort again = file.new Sort();
            for (int n = 0; n < count; n++) {
                added.add(new long[] {random.nextInt(3) - 1, random.nextLong()});
                sorts.get(random.nextInt(2)).add(added.get(n));
            }
            file.merge(again::add, sorts.get(0), sorts.get(1));
            file.merge(merged::add, again);
        }
        added.sort(Comparator.<long[]>comparingLong(entry -> entry[0]).thenComparingLong(entry -> entry[1]));
        assertThat(merged).containsExactlyElementsOf(added);
    }

    @Property(tries = 200, seed = "20261130")
    void linesStandWhereTheInputHasThem(@ForAll long seed, @ForAll @IntRange(max = 40) int count, @ForAll @IntRange(min = 1, max = 12) int inMemory)
            throws IOException {
        Random random = new Random(seed);
        Map<String, Source> notes = new HashMap<>();
        List<String> lines = new ArrayList<>();
        Path results = folder.resolve(OutputFolder.RESULTS);
        Files.deleteIfExists(results);
        try (InputOrder order = new InputOrder(folder, FILES, inMemory)) {
            for (int n = 0; n < count; n++) {
                String id = "p-" + random.nextInt(count);
                Source source = random.nextInt(10) == 0 ? Source.record("prompts", 0, n)
                        : Source.line(List.of("a.jsonl", "b.jsonl", "c.jsonl").get(random.nextInt(3)), 1 + random.nextInt(2 * count));
                order.note(source, id);
                if (source.file() != null && FILES.contains(source.file())) {
                    notes.put(id, source);
                }
                lines.add(random.nextInt(20) == 0 ? "no JSON " + n : "{\"id\":\"" + id + "\",\"n\":" + n + "}");
            }
            Collections.shuffle(lines, random);
            Files.write(results, lines);
            order.sort(results);
        }
        assertThat(Files.readAllLines(results)).isEqualTo(inMemory(lines, notes));
    }

    private static List<String> inMemory(List<String> lines, Map<String, Source> notes) {
        Map<Long, String> placed = new TreeMap<>();
        List<String> others = new ArrayList<>();
        for (String line : lines) {
            Source source = notes.get(String.valueOf(Json.text(line.getBytes(), "id")));
            if (source == null || placed.putIfAbsent(FILES.indexOf(source.file()) * 1_000_000L + source.line(), line) != null) {
                others.add(line);
            }
        }
        List<String> all = new ArrayList<>(placed.values());
        all.addAll(others);
        return all;
    }
}
