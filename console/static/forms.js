// Shows and hides a password while it is typed.

for (const button of document.querySelectorAll("[data-peek]")) {
  const input = document.getElementById(button.dataset.peek);
  button.hidden = false;
  button.addEventListener("click", () => {
    const show = input.type === "password";
    input.type = show ? "text" : "password";
    button.setAttribute("aria-pressed", String(show));
    button.setAttribute("aria-label", show ? button.dataset.hide : button.dataset.show);
    input.focus();
  });
  input.form.addEventListener("submit", () => (input.type = "password"));
}
