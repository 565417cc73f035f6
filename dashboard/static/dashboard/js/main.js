/* Binds every behaviour to its data attributes: once for the page, and again for whatever htmx swaps in. */

import { mountCharts } from "./charts.js";
import { mountMenu } from "./menu.js";
import { mountNaming } from "./naming.js";
import { mountPeople } from "./people.js";
import { mountPhotos } from "./photos.js";
import { mountPlayer } from "./player.js";
import { mountProgress } from "./progress.js";
import { mountSeek } from "./seek.js";
import { mountStudents } from "./students.js";
import { mountTables } from "./tables.js";
import { mountTheme } from "./theme.js";
import { mountUpload } from "./upload.js";

const BEHAVIOURS = [
  mountMenu,
  mountTheme,
  mountPlayer,
  mountSeek,
  mountTables,
  mountCharts,
  mountStudents,
  mountNaming,
  mountPeople,
  mountPhotos,
  mountProgress,
  mountUpload,
];

window.htmx.onLoad((root) => {
  for (const mount of BEHAVIOURS) mount(root);
});
