import io.promptroutes.task.Detector;
import io.promptroutes.task.Features;
import io.promptroutes.task.Keywords;
import io.promptroutes.task.Lexicon;
import java.io.InputStream;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.ToIntFunction;

/**
 * {@code java -cp target/classes src/bench/DetectionCost.java}: microseconds that it takes to find the task of prompts of several lengths,
 * by the lexicon and by the original keywords, in the same run: the median of some rounds.
 */
public final class DetectionCost {

    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int WARM_UP = 40;
    private static final int ROUNDS = 15;
    private static final int PROMPTS = 200;
    private static int kept;

    public static void main(String[] args) throws Exception {
        Detector detector = new Detector(new Features(lines("/concepts.txt")), Lexicon.of(lines("/lexicon.tsv")));
        Keywords keywords = new Keywords(Map.of("code", List.of("code", "programming", "function", "debug", "syntax", "python", "javascript"),
                "creative", List.of("story", "creative", "poem", "write", "imagine", "character"),
                "analysis", List.of("analyze", "compare", "evaluate", "explain", "why", "how"),
                "math", List.of("calculate", "solve", "equation", "math", "science", "formula"),
                "chat", List.of("hello", "hi", "how are you", "what do you think")));
        List<String> words = lines("/lexicon.tsv").stream().map(line -> line.split("\t")[0]).filter(word -> word.chars().allMatch(Character::isLetter)).toList();
        System.out.println("characters  lexicon us  keywords us  ratio");
        for (int length : new int[] {200, 2_000, 20_000}) {
            String[] prompts = prompts(words, length);
            double ours = median(prompts, prompt -> detector.detect(prompt).strongest(5, 1).size());
            double original = median(prompts, prompt -> keywords.find(prompt).size());
            System.out.printf("%10d  %10.1f  %11.1f  %5.1f%n", length, ours, original, ours / original);
        }
        System.err.println("(" + kept + ")"); // so that nothing is optimised away
    }

    /** All words are rows of the lexicon, which is the dearest that a text can be. */
    private static String[] prompts(List<String> words, int length) {
        Random random = new Random(length);
        String[] prompts = new String[PROMPTS];
        for (int i = 0; i < PROMPTS; i++) {
            StringBuilder text = new StringBuilder();
            while (text.length() < length) {
                text.append(words.get(random.nextInt(words.size()))).append(random.nextInt(12) == 0 ? ".\n" : " ");
            }
            prompts[i] = text.substring(0, length);
        }
        return prompts;
    }

    private static double median(String[] prompts, ToIntFunction<String> find) {
        double[] rounds = new double[ROUNDS];
        for (int round = -WARM_UP; round < ROUNDS; round++) {
            long started = THREADS.getCurrentThreadCpuTime(); // of this thread alone: others may be busy
            for (String prompt : prompts) {
                kept += find.applyAsInt(prompt);
            }
            rounds[Math.max(round, 0)] = (THREADS.getCurrentThreadCpuTime() - started) / 1000.0 / prompts.length;
        }
        Arrays.sort(rounds);
        return rounds[ROUNDS / 2];
    }

    private static List<String> lines(String resource) throws Exception {
        try (InputStream in = DetectionCost.class.getResourceAsStream(resource)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
        }
    }
}
