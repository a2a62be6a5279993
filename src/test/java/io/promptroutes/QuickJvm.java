package io.promptroutes;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Options with which the processes that tests start need less CPU for their start, and behave the same. */
public final class QuickJvm {

    private static final Path HUGE_PAGES = Path.of("/sys/kernel/mm/transparent_hugepage/enabled");

    public static final List<String> OPTIONS = options();

    private QuickJvm() {
    }

    private static List<String> options() {
        List<String> options = new ArrayList<>(List.of("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-XX:+UnlockDiagnosticVMOptions",
                "-XX:-BytecodeVerificationRemote", "-Xmx512m"));
        try {
            if (Files.exists(HUGE_PAGES) && !Files.readString(HUGE_PAGES).contains("[never]")) {
                options.add("-XX:+UseTransparentHugePages"); // half of the page faults; where there are none, Java says so on standard output
            }
        } catch (IOException e) {
            // without them, then
        }
        return List.copyOf(options);
    }
}
