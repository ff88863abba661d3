// Sends chosen files one after the other and says how far each is. Without this script the form
// sends them all at once and the page after it says the same.
(function () {
  "use strict";
  const form = document.querySelector("form.upload");
  if (!form) return;
  const input = form.querySelector("input[type=file]");
  const list = form.querySelector("ul.chosen");
  const button = form.querySelector("button[type=submit]");
  const drop = form.querySelector(".drop");
  const most = Number(form.dataset.mostBytes);

  for (const name of ["dragenter", "dragover"]) drop.addEventListener(name, () => drop.classList.add("over"));
  for (const name of ["dragleave", "drop"]) drop.addEventListener(name, () => drop.classList.remove("over"));

  function megabytes(n) {
    return n < 1048576 ? Math.max(1, Math.round(n / 1024)) + " KB" : (n / 1048576).toFixed(1) + " MB";
  }

  function line(file) {
    const item = document.createElement("li");
    const name = document.createElement("strong");
    const said = document.createElement("span");
    name.textContent = file.name;
    said.className = "quiet";
    said.textContent = megabytes(file.size);
    const box = document.createElement("div");
    box.append(name, said);
    item.append(box);
    list.append(item);
    return said;
  }

  input.addEventListener("change", () => {
    list.replaceChildren();
    for (const file of input.files) line(file);
  });

  function send(file, said) {
    return new Promise((done) => {
      const request = new XMLHttpRequest();
      const body = new FormData();
      body.append("form_token", form.querySelector("[name=form_token]").value);
      body.append("file", file);
      request.open("POST", form.action);
      request.setRequestHeader("Accept", "application/json");
      request.upload.onprogress = (event) => {
        if (event.lengthComputable && event.total) {
          said.textContent = "正在上传 " + Math.floor((event.loaded * 100) / event.total) + "%";
        }
      };
      request.onerror = () => {
        said.textContent = "没有传完，网络断了。请再传一次。";
        done(false);
      };
      request.onload = () => {
        let answer = "没有收下，请刷新页面后再传。";
        if (request.status === 401) answer = "登录已过期，没有收下。请重新登录后再传。";
        if (request.status >= 500) answer = "系统暂时收不下，请过一分钟再传。";
        try { answer = JSON.parse(request.responseText).line || answer; } catch (error) { /* a page */ }
        said.textContent = answer;
        done(request.status === 200);
      };
      request.send(body);
    });
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const files = [...input.files];
    if (!files.length) return;
    button.disabled = true;
    list.replaceChildren();
    const lines = files.map(line);
    for (let n = 0; n < files.length; n += 1) {
      let taken = false;
      if (files[n].size > most) {
        lines[n].textContent = "文件太大（" + megabytes(files[n].size) + "），最多 " + Math.floor(most / 1048576) +
          " MB，没有上传。请删掉用不着的工作表，或按乡镇分成几个文件再传。";
      } else {
        taken = await send(files[n], lines[n]);
      }
      lines[n].className = taken ? "quiet" : "refused";
      if (window.htmx) window.htmx.ajax("GET", "/import/list", { target: "#uploads", swap: "outerHTML" });
    }
    input.value = "";
    button.disabled = false;
  });
})();
