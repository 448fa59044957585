"""The mutation drill: wrong SQL, made on purpose, that some unit test has to notice."""
