SELECT state FROM public.issues WHERE false;
