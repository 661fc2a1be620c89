import "@/app/main";
