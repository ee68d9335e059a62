import java.io.FileInputStream;
import java.io.InputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipInputStream;

/** Java as judge: EU DSS reads containers with ZipInputStream, which checks sizes and CRCs while it goes. */
public class ZipPeer {
	public static void main(String[] args) throws Exception {
		byte[] block = new byte[1 << 20];
		long count = 0, bytes = 0;
		try (ZipInputStream in = new ZipInputStream(new FileInputStream(args[0]))) {
			for (ZipEntry e; (e = in.getNextEntry()) != null; count++)
				for (int n; (n = in.read(block)) > 0;)
					bytes += n;
		}
		long listed = 0;
		try (ZipFile file = new ZipFile(args[0])) {
			if (file.size() != count)
				throw new Exception(file.size() + " listed, " + count + " in the stream");
			for (var e = file.entries(); e.hasMoreElements();)
				listed += e.nextElement().getSize();
			try (InputStream in = file.getInputStream(file.getEntry("META-INF/last"))) {
				if (!new String(in.readAllBytes()).equals("last"))
					throw new Exception("contents");
			}
		}
		if (listed != bytes)
			throw new Exception(listed + " bytes listed, " + bytes + " read");
		System.out.println(count + " " + bytes);
	}
}
