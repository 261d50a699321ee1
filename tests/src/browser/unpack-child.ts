/** Unpacks Chromium into the folder that `TMPDIR` names, and writes the path of the program. */
import chromium from '@sparticuz/chromium';

process.stdout.write(await chromium.executablePath());
