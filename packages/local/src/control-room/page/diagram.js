import { byId } from "./element.js";

/** The stack's diagram, its boxes coloured by the state of their parts. */
export async function stackDiagram() {
  const response = await fetch("/diagram.svg");
  if (!response.ok) throw new Error(`the diagram could not be drawn: status ${response.status}`);
  // The page's policy refuses inline styles, even while they are parsed; the same style is loaded as /diagram.css.
  const text = (await response.text()).replace(/<style>.*?<\/style>/s, "");
  const drawn = new DOMParser().parseFromString(text, "image/svg+xml").documentElement;
  byId("diagram").replaceChildren(document.importNode(drawn, true));

  return {
    /** @param {{ name: string, status: string, standIn: string | null }} part */
    show(part) {
      const box = document.getElementById(`part-${part.name}`);
      if (box !== null) box.dataset.status = part.standIn === null ? part.status : "stand-in";
    },
  };
}
