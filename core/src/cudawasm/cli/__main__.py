from cudawasm.cli import main

main()
