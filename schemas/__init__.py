"""What data looks like: plan files and forms (Pydantic), frames between steps (Pandera), tables (SQLModel)."""
