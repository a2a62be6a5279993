package io.promptroutes.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Takes lines that gave way to newer ones out of a file: the old file or the new one is there, whatever happens. */
final class Compaction {

    private Compaction() {
    }

    /**
     * @param superseded ids of which only the last line stays
     * @param withdrawn  ids of which none does
     */
    static void keepLast(Path path, Set<String> superseded, Set<String> withdrawn) throws IOException {
        Map<String, Integer> left = new HashMap<>();
        try (LineReader lines = new LineReader(Files.newInputStream(path), Integer.MAX_VALUE)) {
            while (lines.hasNext()) {
                String id = OutputFolder.id(lines.next().bytes());
                if (id != null && superseded.contains(id)) {
                    left.merge(id, 1, Integer::sum);
                }
            }
        }
        Path part = path.resolveSibling(path.getFileName() + ".part");
        Files.deleteIfExists(part);
        try (LineReader lines = new LineReader(Files.newInputStream(path), Integer.MAX_VALUE); JsonlFile out = new JsonlFile(part)) {
            while (lines.hasNext()) {
                byte[] line = lines.next().bytes();
                String id = OutputFolder.id(line);
                boolean older = id != null && left.containsKey(id) && left.merge(id, -1, Integer::sum) > 0;
                if (!older && (id == null || !withdrawn.contains(id))) {
                    out.append(line);
                }
            }
        }
        Files.move(part, path, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    }
}
