import java.io.BufferedWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;

/**
 * {@code java MakePrompts FILE COUNT}: prompts of about 1 kB, the same ones each time. All ask for a translation, so
 * that all are general ones and the plain loop knows which request the product makes of them.
 */
public final class MakePrompts {

    private static final String[] WORDS = ("garden window river letter morning bread winter street kitchen neighbour train market "
            + "paper bridge cloud station copper blanket harbour candle village orchard lantern saddle pocket meadow carpet thunder ribbon "
            + "walked carried painted opened followed repaired planted borrowed watched found brought mended lifted counted washed "
            + "quiet narrow bright heavy old green gentle crooked warm distant careful wooden early slow round "
            + "the a some every her our this that near behind under across before after with without").split(" ");

    public static void main(String[] args) throws Exception {
        Random random = new Random(20261122);
        int count = Integer.parseInt(args[1]);
        try (BufferedWriter out = Files.newBufferedWriter(Path.of(args[0]))) {
            StringBuilder text = new StringBuilder();
            for (int i = 0; i < count; i++) {
                text.setLength(0);
                text.append("Translate the following text into Dutch: ");
                int length = 850 + random.nextInt(300);
                while (text.length() < length) {
                    int words = 6 + random.nextInt(10);
                    for (int w = 0; w < words; w++) {
                        text.append(WORDS[random.nextInt(WORDS.length)]).append(w == words - 1 ? random.nextInt(4) == 0 ? ".\\n" : ". " : " ");
                    }
                }
                out.write("{\"id\": \"bench-" + i + "\", \"prompt\": \"" + text.toString().strip() + "\"}\n");
            }
        }
    }
}
