import { fileURLToPath } from "node:url";
import tailwindcss from "@tailwindcss/vite";
import vue from "@vitejs/plugin-vue";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** The letters that nearly every page needs are on their way before the style sheet that names them has come. */
const earlyFont: Plugin = {
  name: "early-font",
  transformIndexHtml: {
    order: "post",
    handler: (_html, { bundle }) =>
      Object.keys(bundle ?? {})
        .filter((file) => /inter-latin-wght-normal.*woff2$/.test(file))
        .map((file) => ({
          tag: "link",
          attrs: { rel: "preload", as: "font", type: "font/woff2", href: `/${file}`, crossorigin: "" },
          injectTo: "head-prepend",
        })),
  },
};
const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

export default defineConfig({
  plugins: [vue(), tailwindcss(), earlyFont],
  resolve: { alias: { "@": here("./src") } },
  define: {
    __VUE_OPTIONS_API__: "false",
    __VUE_I18N_LEGACY_API__: "false",
    __VUE_I18N_FULL_INSTALL__: "false",
    __INTLIFY_DROP_MESSAGE_COMPILER__: "false",
    __INTLIFY_PROD_DEVTOOLS__: "false",
  },
  build: {
    outDir: "../elbowroom/static",
    emptyOutDir: true,
    target: "baseline-widely-available",
    // An inlined data: URL would need a hole in the Content-Security-Policy.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    rolldownOptions: {
      output: {
        codeSplitting: {
          // Few files, since the first load waits for each: what seldom changes, what the desk is made of, the pages
          // that are opened now and then, and each language's words.
          groups: [
            { name: "vue", test: /node_modules[\\/](@vue|vue|vue-router|pinia|vue-i18n|@intlify)[\\/]/, priority: 4 },
            { name: "ui", test: /node_modules[\\/]/, priority: 3 },
            // With all that it imports, but not what it loads when asked.
            { name: "desk", test: /src[\\/]main\.ts$/, priority: 2 },
            { name: "settings", test: /src[\\/]((channels|people)[\\/]|app[\\/]pages[\\/](Settings|MyAccount|Departments))[^\\/]+$/, priority: 1 },
            { name: "doors", test: /src[\\/](demo|app[\\/]pages([\\/]setup)?)[\\/][^\\/]+$/ },
          ],
        },
      },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["src/**/*.test.ts"],
    // A page for each of the files takes four times as long.
    isolate: false,
    setupFiles: ["src/kit/fresh.testing.ts"],
    passWithNoTests: true,
    restoreMocks: true,
    unstubGlobals: true,
  },
});
