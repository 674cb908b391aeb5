import { defineConfig } from "vite";

export default defineConfig({
  build: {
    lib: { entry: "src/main.ts", formats: ["es"], fileName: () => "merit-order.js" },
    outDir: "../custom_components/merit_order/www",
    emptyOutDir: true,
    target: "es2022",
  },
});
